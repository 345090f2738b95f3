-- The text that \d+ shows of the tables, columns, indexes and sequences of the control line. A migration may have set
-- the text of an object that it created; that one is not repeated here. Functions and views have the text of their
-- files.

comment on table embedd.organizations is 'Tenants. A deployment for one tenant has one, org_self_hosted.';
comment on column embedd.organizations.id is 'org_ and 32 hexadecimal digits; org_self_hosted exists from the start.';
comment on column embedd.organizations.name is 'Unique in this database.';
comment on column embedd.organizations.status is
  'disabled: keys are refused, sync is suspended. deleting: until a worker has removed its vectors.';
comment on column embedd.organizations.tier is 'The tier, which sets quotas and rates: embedd.tier_limits().';
comment on column embedd.organizations.created_at is 'When the organization was created.';
comment on index embedd.organizations_name_key is 'Names of organizations are unique.';
comment on index embedd.organizations_pkey is 'Finds an organization by its id.';

comment on table embedd.users is 'Users, on whose behalf calls act; each belongs to one organization.';
comment on column embedd.users.id is 'The id that owner_id and created_by refer to.';
comment on column embedd.users.organization_id is 'The organization of the user.';
comment on column embedd.users.name is 'Unique in its organization.';
comment on column embedd.users.role is
  'owner and admin may do everything in their organization; member may change only their own objects.';
comment on column embedd.users.created_at is 'When the user was made.';
comment on column embedd.users.disabled_at is 'Since when the keys of the user are refused; null: they are accepted.';
comment on index embedd.users_organization_id_name_key is 'Names are unique in an organization.';
comment on index embedd.users_pkey is 'Finds a user by its id.';

comment on table embedd.environments is
  'Environments of an organization, such as dev, staging and prod. Objects of one do not exist in another.';
comment on column embedd.environments.id is 'env_ and 32 hexadecimal digits.';
comment on column embedd.environments.organization_id is 'The organization of the environment.';
comment on column embedd.environments.name is 'Unique in its organization; prod is the default.';
comment on column embedd.environments.created_at is 'When the environment was created.';
comment on index embedd.environments_organization_id_name_key is 'Names are unique in an organization.';
comment on index embedd.environments_pkey is 'Finds an environment by its id.';
comment on index embedd.environments_place is 'Lists the environments of an organization, oldest first.';

comment on table embedd.api_keys is 'API keys of the REST API, stored as digests only; revoked keys stay listed.';
comment on column embedd.api_keys.id is 'key_ and 32 hexadecimal digits; not the key itself.';
comment on column embedd.api_keys.organization_id is 'The organization to which the key gives access.';
comment on column embedd.api_keys.user_id is 'The user as whom a call with the key acts.';
comment on column embedd.api_keys.name is 'The name that its user gave the key.';
comment on column embedd.api_keys.key_prefix is 'The first 12 characters of the key, by which people recognise it.';
comment on column embedd.api_keys.permission is 'read_only: every GET and the query. full: all operations.';
comment on column embedd.api_keys.created_at is 'When the key was created.';
comment on column embedd.api_keys.revoked_at is 'Since when the key is refused; null: it is not revoked.';
comment on column embedd.api_keys.expires_at is 'When the key expires; null: it lasts until it is revoked.';
comment on column embedd.api_keys.minted_by is
  'The key with which this key was made over REST; null: made in SQL or by a command.';
comment on index embedd.api_keys_minted_by is 'Finds the keys that were made with a key.';
comment on index embedd.api_keys_digest_key is 'Finds a key by its digest, for every request.';
comment on index embedd.api_keys_pkey is 'Finds a key by its id.';
comment on index embedd.api_keys_place is 'Lists the keys of an organization, oldest first.';

comment on column embedd.audit_log.id is 'Number of the entry, in the order of writing.';
comment on column embedd.audit_log.at is 'When the change was made or the request was answered.';
comment on column embedd.audit_log.organization_id is 'The organization of the request.';
comment on column embedd.audit_log.user_id is 'The user who made the request.';
comment on column embedd.audit_log.key_id is 'The API key of the request; null: not over REST.';
comment on column embedd.audit_log.operation is 'The name of the operation, as in /openapi.json, or of the function.';
comment on column embedd.audit_log.target is 'The id of the object of the operation, if there is one.';
comment on column embedd.audit_log.address is 'The address from which the request came.';
comment on column embedd.audit_log.request_id is
  'The X-Request-Id of the request, which the log of the service names too.';
comment on sequence embedd.audit_log_id_seq is 'Numbers of entries, shared with failed_logins.';
comment on column embedd.failed_logins.minute is 'The start of the minute.';
comment on column embedd.failed_logins.address is
  'The address of the requests; others: addresses beyond those that are counted separately.';
comment on column embedd.failed_logins.attempts is 'The number of requests.';
comment on column embedd.failed_logins.id is 'Number of the entry, in the order of writing.';
comment on index embedd.failed_logins_pkey is 'One count for each address and minute.';
comment on index embedd.audit_log_place is 'Lists the entries of an organization, newest first.';
comment on index embedd.audit_log_pkey is 'Finds an entry by its number.';
comment on trigger audit_log_append_only on embedd.audit_log is 'Refuses to change or remove entries.';

comment on table embedd.connections is
  'How to reach source databases; conn_local is the database embedd is installed in.';
comment on column embedd.connections.id is 'conn_ and 32 hexadecimal digits, or conn_local.';
comment on column embedd.connections.organization_id is 'The organization of the connection.';
comment on column embedd.connections.environment_id is 'The environment of the connection.';
comment on column embedd.connections.name is 'Unique in its environment when made in SQL.';
comment on column embedd.connections.provider is 'The kind of database.';
comment on column embedd.connections.status is 'created until the first test, then connected or failed.';
comment on column embedd.connections.port is 'As in a connection string.';
comment on column embedd.connections.database is 'As in a connection string.';
comment on column embedd.connections.username is 'As in a connection string.';
comment on column embedd.connections.ssl_mode is 'As sslmode in a connection string.';
comment on column embedd.connections.created_by is 'The user who created the connection.';
comment on column embedd.connections.created_at is 'When the connection was created.';
comment on column embedd.connections.last_tested_at is 'When the connection was last tested.';
comment on column embedd.connections.last_error is 'Why the last test failed; null: it succeeded.';
comment on index embedd.connections_pkey is 'Finds a connection by its id.';
comment on index embedd.connections_place is 'Lists the connections of an environment, oldest first.';

comment on table embedd.embedders is
  'Embedding configurations: vendor, model, address, credentials; for /v1/embedders and /v1/embedding-providers.';
comment on column embedd.embedders.id is 'The id in /v1/embedders, unless shown_id is set.';
comment on column embedd.embedders.shown_id is
  'The id in /v1/embedders if it differs from id; another organization may have an embedder with the same one.';
comment on column embedd.embedders.public_id is 'The id in /v1/embedding-providers.';
comment on column embedd.embedders.organization_id is 'The organization of the embedder.';
comment on column embedd.embedders.environment_id is 'The environment of the embedder.';
comment on column embedd.embedders.owner_id is 'The user who may change the embedder, besides owners and admins.';
comment on column embedd.embedders.name is 'Unique in its environment when made in SQL.';
comment on column embedd.embedders.provider is
  'The vendor''s adapter, one of embedd_internal.providers().';
comment on column embedd.embedders.model is 'The default model of vector tables that use the embedder.';
comment on column embedd.embedders.base_url is 'The address of requests; null: the vendor''s own.';
comment on column embedd.embedders.created_at is 'When the embedder was created.';
comment on column embedd.embedders.description is 'A text for people.';
comment on column embedd.embedders.dimensionality is 'The size of its vectors, as given over /v1/embedders.';
comment on column embedd.embedders.distribution_type is 'DENSE or SPARSE, as given over /v1/embedders.';
comment on column embedd.embedders.max_sequence_length is
  'The longest text the model takes, in tokens; null: the known limit of the model.';
comment on column embedd.embedders.supported_modalities is
  'Modalities, as given over /v1/embedders; only texts are embedded.';
comment on column embedd.embedders.labels is 'Keys and values by which users find the embedder.';
comment on column embedd.embedders.version is 'The version of the model, as given over /v1/embedders.';
comment on column embedd.embedders.monitoring_endpoint is
  'An address, as given over /v1/embedders; nothing is sent to it.';
comment on column embedd.embedders.created_by is 'The user who created the embedder.';
comment on column embedd.embedders.updated_by is 'The user who last changed the embedder.';
comment on column embedd.embedders.updated_at is 'When the embedder was last changed.';
comment on index embedd.embedders_once is
  'Allows an owner only one embedder with the same configuration on /v1/embedders.';
comment on index embedd.embedders_pkey is 'Finds an embedder by its UUID.';
comment on index embedd.embedders_place is 'Lists the embedders of an environment, oldest first.';
comment on index embedd.embedders_public_id_key is 'Finds an embedder by its emb_ id.';

comment on table embedd.vector_tables is
  'Searchable mirrors of source tables: configuration and sync state. For people: the view embedd.status.';
comment on column embedd.vector_tables.id is 'vt_ and 32 hexadecimal digits.';
comment on column embedd.vector_tables.organization_id is 'The organization of the vector table.';
comment on column embedd.vector_tables.environment_id is 'The environment of the vector table.';
comment on column embedd.vector_tables.name is 'Unique in its environment when made in SQL.';
comment on column embedd.vector_tables.connection_id is 'The connection to the source table.';
comment on column embedd.vector_tables.embedder_id is 'The embedder of its texts; null: the embedder was deleted.';
comment on column embedd.vector_tables.source_table is 'The source table as the user named it.';
comment on column embedd.vector_tables.source_schema is 'The schema in which the source table was found.';
comment on column embedd.vector_tables.source_name is 'The name of the source table without its schema.';
comment on column embedd.vector_tables.primary_key_column is
  'The key of a row as users see it: one column, or several with commas.';
comment on column embedd.vector_tables.key_types is 'The types of key_columns, in the same order.';
comment on column embedd.vector_tables.mode is
  'managed: vectors in Qdrant; platform: vectors in a table of the source database.';
comment on column embedd.vector_tables.sync_mode is 'batch or cdc: how often a polled source is compared.';
comment on column embedd.vector_tables.embedding_model is
  'The model that users asked for; each generation has its own.';
comment on column embedd.vector_tables.embedding_dimensions is
  'The vector size that users asked for; each generation has its own.';
comment on column embedd.vector_tables.columns is
  'The columns as users sent them: names, roles, prefixes, filter types.';
comment on column embedd.vector_tables.sync_status is
  'pending, backfilling, synced, paused, error or pending_rebackfill.';
comment on column embedd.vector_tables.capture_id is
  'The capture in this database; null: the source is polled or has remote triggers.';
comment on column embedd.vector_tables.last_synced_at is 'When the vector table was last up to date.';
comment on column embedd.vector_tables.last_error is 'Why the vector table is not in sync; null: there is no error.';
comment on column embedd.vector_tables.last_error_at is 'When that error occurred.';
comment on column embedd.vector_tables.error_of_work is 'Whether the error ends when no job and no range is left.';
comment on column embedd.vector_tables.created_by is 'The user who created the vector table.';
comment on column embedd.vector_tables.created_at is 'When the vector table was created.';
comment on index embedd.vector_tables_capture is 'Finds the vector tables that share a capture.';
comment on index embedd.vector_tables_embedder is 'Finds the vector tables that use an embedder.';
comment on index embedd.vector_tables_pkey is 'Finds a vector table by its id.';
comment on index embedd.vector_tables_place is 'Lists the vector tables of an environment, oldest first.';
comment on index embedd.vector_tables_remote_capture is 'Finds the vector tables with triggers in a remote database.';

comment on table embedd.generations is
  'Physical stores of a vector table, one per configuration: one answers queries while another may be built.';
comment on column embedd.generations.id is 'Number of the store, in the order of creation.';
comment on column embedd.generations.vector_table_id is 'The vector table of the store.';
comment on column embedd.generations.state is 'building, active, draining (just replaced) or dropped (to be removed).';
comment on column embedd.generations.store is 'qdrant or pgvector.';
comment on column embedd.generations.store_schema is 'The schema of a pgvector table.';
comment on column embedd.generations.store_table is 'The name of the collection or table.';
comment on column embedd.generations.created_at is 'When the store was created.';
comment on column embedd.generations.embedder_id is 'The embedder of its texts; null: the embedder was deleted.';
comment on column embedd.generations.provider is 'The vendor of its vectors, copied from the embedder.';
comment on column embedd.generations.base_url is 'The address of the vendor, copied from the embedder.';
comment on column embedd.generations.embedding_model is 'The model of its vectors.';
comment on column embedd.generations.embedding_dimensions is 'The size of its vectors.';
comment on column embedd.generations.columns is 'The columns from which its texts and metadata are made.';
comment on column embedd.generations.chunking is 'How its texts are cut into passages.';
comment on column embedd.generations.store_settings is 'The layout of its collection.';
comment on sequence embedd.generations_id_seq is 'Numbers of generations.';
comment on index embedd.generations_embedder is 'Finds the stores that use an embedder.';
comment on index embedd.generations_one_active is 'Allows a vector table one active store.';
comment on index embedd.generations_one_building is 'Allows a vector table one store that is being built.';
comment on index embedd.generations_pkey is 'Finds a store by its number.';
comment on index embedd.generations_vector_table is 'Finds the stores of a vector table.';

comment on column embedd.jobs.generation_id is 'The store to be brought up to date.';
comment on column embedd.jobs.key is 'The key of the dirty row.';
comment on column embedd.jobs.want is
  'How often the key has become dirty; a job is deleted only if this did not change since its claim.';
comment on column embedd.jobs.token is 'The token of the last attempt.';
comment on column embedd.jobs.lane is 'live: changes; backfill and verify: long work. Workers serve all lanes in turn.';
comment on column embedd.jobs.state is 'queued, or dead: set aside, with the reason in error.';
comment on column embedd.jobs.leased_until is 'When the lease of the worker ends; null: there is no lease.';
comment on column embedd.jobs.worker is 'The worker that has the job, or had it last.';
comment on column embedd.jobs.attempts is 'How often the job failed because of its row.';
comment on column embedd.jobs.crashes is 'How many workers ended while they had the job.';
comment on column embedd.jobs.run_at is 'The earliest time of the next attempt.';
comment on column embedd.jobs.dirty_since is 'Since when the store may be out of date.';
comment on column embedd.jobs.error_class is 'The kind of the last failure.';
comment on column embedd.jobs.error is 'The message of the last failure; never the text of a row.';
comment on index embedd.jobs_dead is 'Finds rows that were set aside.';
comment on index embedd.jobs_due is 'Finds the next due jobs in a lane of a store.';
comment on index embedd.jobs_pkey is 'Allows a dirty key one job.';
comment on index embedd.jobs_suspect is 'Finds jobs with which workers ended; they are tried alone.';

comment on column embedd.row_states.generation_id is 'The store that holds the row.';
comment on column embedd.row_states.key is 'The key of the row.';
comment on column embedd.row_states.token is 'The token of the attempt that wrote the row.';
comment on column embedd.row_states.text_hash is 'Hash of the embedded text; empty: there was no text.';
comment on column embedd.row_states.metadata_hash is 'Hash of the written metadata.';
comment on column embedd.row_states.source_hash is 'Hash of the row in a polled source.';
comment on index embedd.row_states_pkey is 'Finds the state of a row; ordered by key, to compare ranges.';

comment on column embedd.tasks.id is 'task_ and 32 hexadecimal digits.';
comment on column embedd.tasks.organization_id is 'The organization of the task.';
comment on column embedd.tasks.task_type is 'backfill, rebackfill, reconcile or verify.';
comment on column embedd.tasks.target_id is 'The vector table of the task.';
comment on column embedd.tasks.generation_id is 'The store that the task fills or compares.';
comment on column embedd.tasks.status is 'pending, running, completed, failed or cancelled.';
comment on column embedd.tasks.phase is 'The current step: see the comment of the table.';
comment on column embedd.tasks.priority is 'Tasks with lower numbers run first.';
comment on column embedd.tasks.start_token is
  'The token at the start; attempts with lower tokens began before the task.';
comment on column embedd.tasks.last_processed_pk is 'The key after which any worker continues.';
comment on column embedd.tasks.rows_processed is 'Rows queued or compared so far.';
comment on column embedd.tasks.rows_total is 'Rows of the source when the task began; null: not counted.';
comment on column embedd.tasks.attempts is 'How often the task failed because of its source.';
comment on column embedd.tasks.max_attempts is 'The number of attempts after which the task is failed.';
comment on column embedd.tasks.last_error is 'Why the task last failed.';
comment on column embedd.tasks.run_at is 'The earliest time of the next attempt.';
comment on column embedd.tasks.leased_until is 'When the lease of the worker ends; null: there is no lease.';
comment on column embedd.tasks.worker is 'The worker that has the task, or had it last.';
comment on column embedd.tasks.created_at is 'When the task was requested.';
comment on column embedd.tasks.started_at is 'When a worker first claimed the task.';
comment on column embedd.tasks.finished_at is 'When the task ended.';
comment on column embedd.tasks.phase_since is 'When the current phase began.';
comment on index embedd.tasks_filling is 'Finds the backfills of a generation.';
comment on index embedd.tasks_one_running is 'Allows a store one backfill and one reconcile at a time.';
comment on index embedd.tasks_one_verifying is 'Allows a store one verification at a time.';
comment on index embedd.tasks_pkey is 'Finds a task by its id.';
comment on index embedd.tasks_place is 'Lists the tasks of an organization, newest first.';
comment on index embedd.tasks_target is 'Finds the last verification of a vector table.';

comment on column embedd.fence_marks.at is 'The time of the mark.';
comment on column embedd.fence_marks.fence is 'The highest token drawn by that time.';
comment on index embedd.fence_marks_pkey is 'Allows one mark for each time.';

comment on column embedd.request_counts.organization_id is 'The organization that made the requests.';
comment on column embedd.request_counts.minute is 'The minute of the last request, counted from 1970.';
comment on column embedd.request_counts.current is 'The number of requests in that minute.';
comment on column embedd.request_counts.previous is 'The number of requests in the minute before.';
comment on column embedd.request_counts.admitted is 'Whether the last request was within the limit.';
comment on index embedd.request_counts_pkey is 'Allows an organization one row.';

comment on column embedd.ranges.id is 'Number of the range, in the order of keys.';
comment on column embedd.ranges.generation_id is 'The store to be filled.';
comment on column embedd.ranges.task_id is 'The backfill that the range belongs to.';
comment on column embedd.ranges.after_key is 'The exclusive start; null: the range begins with the first key.';
comment on column embedd.ranges.last_key is 'The inclusive end.';
comment on column embedd.ranges.token is 'The token of the last attempt.';
comment on column embedd.ranges.leased_until is 'When the lease of the worker ends; null: there is no lease.';
comment on column embedd.ranges.worker is 'The worker that has the range, or had it last.';
comment on column embedd.ranges.crashes is 'How many workers ended while they had the range.';
comment on column embedd.ranges.run_at is 'The earliest time of the next attempt.';
comment on column embedd.ranges.error_class is 'The kind of the last failure.';
comment on column embedd.ranges.error is 'The message of the last failure; never the text of a row.';
comment on sequence embedd.ranges_id_seq is 'Numbers of ranges.';
comment on index embedd.ranges_pkey is 'Finds a range by its number.';
comment on index embedd.ranges_place is 'Lists the ranges of a store in the order of keys.';

comment on column embedd.verifications.task_id is 'The task that compares.';
comment on column embedd.verifications.vector_table_id is 'The vector table that is compared.';
comment on column embedd.verifications.repair is 'Whether rows that differ are queued to be brought up to date.';
comment on column embedd.verifications.missing is 'Rows in the source that are not in the store.';
comment on column embedd.verifications.stale is 'Rows that the store holds in an old version.';
comment on column embedd.verifications.orphaned is 'Rows in the store that are not in the source.';
comment on column embedd.verifications.unreadable is 'Rows with a value that does not fit its configured type.';
comment on column embedd.verifications.examples is 'Some keys of each kind.';
comment on index embedd.verifications_pkey is 'Finds the verification of a task.';
comment on index embedd.verifications_vector_table is 'Finds the verifications of a vector table.';

comment on column embedd.instance.only_row is 'Always true: the table has one row.';
comment on column embedd.instance.uid is 'The id by which stores know this installation.';
comment on column embedd.instance.timeline is 'The timeline of the server; a failover increases it.';
comment on column embedd.instance.database_oid is 'The OID of this database; a copy has another one.';
comment on column embedd.instance.rival_since is 'Since when the rival mark has been watched.';
comment on column embedd.instance.checked_at is 'When a worker last checked the instance.';
comment on index embedd.instance_pkey is 'Allows the table one row.';

comment on column embedd.unread_stores.generation_id is 'The store to be read.';
comment on column embedd.unread_stores.token is 'The token of the current pass over the store.';
comment on column embedd.unread_stores.leased_until is 'When the lease of the worker ends; null: there is no lease.';
comment on index embedd.unread_stores_pkey is 'Allows a store one row.';

comment on column embedd.looks.worker is 'The name of the worker: host, process and a random part.';
comment on column embedd.looks.looked_at is 'When the worker noted this.';
comment on column embedd.looks.error is 'Why the worker cannot look for work, and what to do; null if it can.';
comment on column embedd.looks.error_at is 'When the worker began to fail; null if it can look for work.';
comment on column embedd.looks.every is
  'The time within which the next run of this worker begins; null: it runs until it is stopped.';
comment on column embedd.looks.knows is
  'The newest migration of the line control that the program of the worker knows; null for earlier versions.';
comment on index embedd.looks_pkey is 'Finds the look of a worker.';

comment on column embedd.notices.id is 'Number of the notice, in the order of writing.';
comment on column embedd.notices.at is 'When the notice was written.';
comment on column embedd.notices.vector_table_id is
  'The vector table of the notice; null: the notice is about the whole database.';
comment on column embedd.notices.message is 'A sentence for people.';
comment on sequence embedd.notices_id_seq is 'Numbers of notices.';
comment on index embedd.notices_pkey is 'Finds a notice by its number.';

comment on column embedd.capture_audits.capture_id is 'The capture whose triggers are checked.';
comment on column embedd.capture_audits.state is 'The catalogue entries that were found, by name.';
comment on column embedd.capture_audits.audited_at is 'When the capture was last checked.';
comment on index embedd.capture_audits_pkey is 'Finds the last check of a capture.';

comment on column embedd.daily_usage.day is 'The day, in UTC.';
comment on column embedd.daily_usage.organization_id is 'The organization to which the usage is charged.';
comment on column embedd.daily_usage.vector_table_id is
  'The vector table of the usage, which may no longer exist; empty: usage of embedd.embed().';
comment on column embedd.daily_usage.embedder_id is 'The embedder whose credentials were used; it may no longer exist.';
comment on column embedd.daily_usage.provider is 'The vendor.';
comment on column embedd.daily_usage.model is 'The model of the requests.';
comment on column embedd.daily_usage.kind is 'document, query or rerank.';
comment on column embedd.daily_usage.requests is 'The number of requests.';
comment on column embedd.daily_usage.tokens is 'The number of tokens.';
comment on index embedd.daily_usage_embedder is 'Finds the usage of an embedder this month, for its budget.';
comment on index embedd.daily_usage_pkey is 'Allows one row per day, vector table, embedder, provider, model and kind.';

comment on column embedd.models.provider is 'The vendor.';
comment on column embedd.models.model is 'The name of the model at the vendor.';
comment on column embedd.models.kind is 'embedding or rerank.';
comment on column embedd.models.dimensions is 'The default size of its vectors.';
comment on column embedd.models.sizes is 'All sizes that its vectors can have.';
comment on column embedd.models.size_fixed is 'Whether vector tables at its vendor use the model in its own size only.';
comment on column embedd.models.max_text_tokens is
  'The most tokens of one text; null: the usual limit of its provider.';
comment on column embedd.models.max_items is 'The most texts of one request; null: the usual limit of its provider.';
comment on column embedd.models.max_tokens is 'The most tokens of one request; null: the usual limit of its provider.';
comment on column embedd.models.usd_per_million is 'List price for a million tokens; null: not known.';
comment on column embedd.models.retired_on is 'When the vendor stops serving the model; null: no date is announced.';
comment on column embedd.models.successor is 'The model that the vendor recommends instead.';
comment on column embedd.models.origin is 'shipped: replaced at each upgrade; operator: added by embedd.add_model().';
comment on index embedd.models_pkey is 'Allows a model one description.';

comment on column embedd.prices.provider is 'The vendor.';
comment on column embedd.prices.model is 'The model.';
comment on column embedd.prices.usd_per_million is
  'US dollars for a million tokens; null: no price, whatever the catalogue says.';
comment on index embedd.prices_pkey is 'Finds the price of a model.';

comment on column embedd.rate_buckets.embedder_id is 'The embedder of the bucket.';
comment on column embedd.rate_buckets.requests is 'Requests left now; negative after queries, which never wait.';
comment on column embedd.rate_buckets.tokens is 'Tokens left now; negative after queries, which never wait.';
comment on column embedd.rate_buckets.filled_at is 'When the bucket was last filled.';
comment on index embedd.rate_buckets_pkey is 'Finds the bucket of an embedder.';

comment on column embedd.cached_vectors.digest is 'Keyed hash of the model and the text.';
comment on column embedd.cached_vectors.vector is '4-byte floats, little-endian.';
comment on column embedd.cached_vectors.used_on is 'The day of the last use, in UTC.';
comment on index embedd.cached_vectors_pkey is 'Finds a vector by its digest.';
comment on index embedd.cached_vectors_used_on is 'Finds the least recently used vectors, which are removed first.';

comment on column embedd.remote_outboxes.connection_id is 'The connection to the remote database.';
comment on column embedd.remote_outboxes.worker is 'The worker that fetches the events; null: none does.';
comment on column embedd.remote_outboxes.leased_until is
  'When the lease of the worker ends, or when fetching may be retried; null: at once.';
comment on index embedd.remote_outboxes_pkey is 'Allows a connection one row.';

comment on table embedd.search_requests is
  'What searches in SQL need of workers, and what workers made of it; kept for minutes. Only functions reach it.';
comment on column embedd.search_requests.digest is 'Hash of the organization, the role, the vectors and the need.';
comment on column embedd.search_requests.organization_id is 'The organization that asks.';
comment on column embedd.search_requests.generation_id is 'The vectors to search.';
comment on column embedd.search_requests.user_id is 'The user on whose behalf it is asked.';
comment on column embedd.search_requests.need is 'What is needed, as embedd_internal.search_need() says.';
comment on column embedd.search_requests.asked is
  'How often it was asked; sessions that ask before a worker begins share one.';
comment on column embedd.search_requests.claimed is 'The ask that a worker answers now, or answered last.';
comment on column embedd.search_requests.answered is 'The latest ask that was answered; less than asked: it waits.';
comment on column embedd.search_requests.wanted_until is 'When the last session that waits gives up.';
comment on column embedd.search_requests.kept_until is 'When the row is removed.';
comment on column embedd.search_requests.worker is 'The worker that took it last.';
comment on column embedd.search_requests.leased_until is 'Before that no other worker takes it; null: it is free.';
comment on column embedd.search_requests.vector is 'The vector of the text, made by the model of the generation.';
comment on column embedd.search_requests.answer is 'The rows that were found.';
comment on column embedd.search_requests.refusal is 'Why there is no answer: message, hint and sqlstate.';
comment on index embedd.search_requests_pkey is 'Finds a request by its content.';
comment on index embedd.search_requests_open is 'Finds the requests that wait or are being answered.';
comment on index embedd.search_requests_kept is 'Finds the newest results of an organization.';

comment on sequence embedd.fence is
  'Tokens: every attempt draws one, and a store refuses a write whose token is lower than one it has seen.';

comment on trigger organizations_make_way on embedd.organizations is 'Lets a row of a dump replace the installed row.';
comment on trigger doorbell_make_way on embedd.doorbell is 'Lets a row of a dump replace the installed row.';
comment on trigger sealing_make_way on embedd.sealing is 'Lets a row of a dump replace the installed row.';
comment on trigger models_make_way on embedd.models is
  'Lets a model that an operator describes replace the shipped one.';
comment on trigger vector_tables_keep_condition on embedd.vector_tables is
  'Refuses a condition that embedd_internal.read_condition() does not accept.';

comment on index embedd.sealing_pkey is 'Allows the table one row.';
