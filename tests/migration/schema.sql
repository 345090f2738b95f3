CREATE SCHEMA embedd;
COMMENT ON SCHEMA embedd IS 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
CREATE SCHEMA embedd_internal;
COMMENT ON SCHEMA embedd_internal IS 'Functions that only the programs and functions of embedd call. They change without notice.';
CREATE FUNCTION embedd.add_model(provider text, model text, dimensions integer DEFAULT NULL::integer, sizes text DEFAULT NULL::text, max_text_tokens integer DEFAULT NULL::integer, max_items integer DEFAULT NULL::integer, max_tokens integer DEFAULT NULL::integer, usd_per_million numeric DEFAULT NULL::numeric, kind text DEFAULT 'embedding'::text, retired_on date DEFAULT NULL::date, successor text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.add_model(provider text, model text, dimensions integer, sizes text, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, kind text, retired_on date, successor text) IS 'Add a model to the catalogue, or replace it: sizes, limits, price; null means not known.';
CREATE FUNCTION embedd.adopt() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.adopt() IS 'Give a copied or restored database the vector stores of the original, which must be stopped.';
CREATE FUNCTION embedd.backfill(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.backfill(vector_table text) IS 'Bring every row of the source table up to date; returns the task''s id.';
CREATE FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) IS 'Ensure that triggers write the changes of a table to the outbox, over a connection; returns the capture''s id.';
CREATE FUNCTION embedd.cancel_task(task text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.cancel_task(task text) IS 'Cancel a pending or running task.';
CREATE FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) IS 'Return the facts that a connection test needs from a remote database: the newest migration of its capture line, whether that database has its own installation (control), which takes the events itself, and which remote installation takes them. This function and the four others that are called over a connection run with the rights of the connection''s role. That role must own schema embedd and the source tables, or be a member of the roles that own them.';
CREATE FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) IS 'Delete events that were read, over a connection.';
CREATE FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text DEFAULT 'full'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text, expires_at timestamp with time zone) IS 'Store the SHA-256 of an API key; returns the key''s id.';
CREATE FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb DEFAULT NULL::jsonb, port integer DEFAULT 5432, ssl_mode text DEFAULT 'prefer'::text, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, authentication text DEFAULT 'scram-sha-256'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean, authentication text) IS 'Store how to reach a source database; returns its id. Test it before use.';
CREATE FUNCTION embedd.create_embedder(name text, provider text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, id uuid DEFAULT NULL::uuid, allow_duplicate_name boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) IS 'Store an embedding configuration and return its id. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.create_environment(name text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_environment(name text) IS 'Create an environment in the organization; returns its id.';
CREATE FUNCTION embedd.create_local_connection(name text DEFAULT 'local'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_local_connection(name text) IS 'Let an environment read the database embedd is installed in; for the operator. Returns the connection''s id.';
CREATE FUNCTION embedd.create_organization(name text, tier text DEFAULT 'free'::text, owner_name text DEFAULT 'owner'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) IS 'Create an organization with its owner and the environment prod; returns its id.';
CREATE FUNCTION embedd.create_roles() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_roles() IS 'Create the missing ones of the three roles, if the installing role may create roles. Otherwise a DBA creates them: create role embedd_admin; create role embedd_worker; create role embedd_reader. The roles belong to the whole cluster, cannot log in, and exist to have members. Their comments tell uninstall() which roles the installation made.';
CREATE FUNCTION embedd.create_user(name text, role text DEFAULT 'member'::text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_user(name text, role text) IS 'Create a user (owner, admin or member) of the organization; returns its id.';
CREATE FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text DEFAULT 'local'::text, connection text DEFAULT 'local'::text, primary_key_column text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, mode text DEFAULT NULL::text, sync_mode text DEFAULT 'batch'::text, source_facts jsonb DEFAULT NULL::jsonb, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, language text DEFAULT 'english'::text, chunking jsonb DEFAULT NULL::jsonb, store_settings jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    AS …;
COMMENT ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) IS 'Make a source table searchable by meaning and return the id of the vector table. Call backfill() next.';
CREATE FUNCTION embedd.dead_letters(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_name text, key text, reason text, message text, since timestamp with time zone, attempts integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.dead_letters(vector_table text) IS 'Return rows that were set aside and why; of one vector table or of all.';
CREATE FUNCTION embedd.delete_connection(connection text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_connection(connection text) IS 'Remove a connection that no vector table uses.';
CREATE FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) IS 'Delete an embedding configuration and its credentials for good.';
CREATE FUNCTION embedd.delete_environment(environment text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_environment(environment text) IS 'Remove an environment without connections and vector tables, and its embedders.';
CREATE FUNCTION embedd.delete_organization(organization text, confirm boolean DEFAULT false) RETURNS TABLE(environment text, kind text, id text, name text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_organization(organization text, confirm boolean) IS 'Delete an organization with all it has. Without confirm => true it only lists what that is.';
CREATE FUNCTION embedd.delete_user("user" text, heir text DEFAULT NULL::text, confirm boolean DEFAULT false) RETURNS TABLE(kind text, id text, name text, fate text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_user("user" text, heir text, confirm boolean) IS 'Remove a user and their keys; the rest passes to the heir. Without confirm => true it only lists it.';
CREATE FUNCTION embedd.detach() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.detach() IS 'Give a copied database its own empty vector stores; backfill each vector table next.';
CREATE FUNCTION embedd.disable_organization(organization text) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.disable_organization(organization text) IS 'Refuse all keys of an organization at once and suspend its sync.';
CREATE FUNCTION embedd.disable_user("user" text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.disable_user("user" text) IS 'Refuse all keys of a user at once; enable_user() accepts them again.';
CREATE FUNCTION embedd.drift(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_id text, name text, task_id text, verified_at timestamp with time zone, rows_compared bigint, difference bigint, waiting bigint, repaired bigint, total_difference bigint, total_repaired bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drift(vector_table text) IS 'Return what comparing source and store found and repaired, per vector table.';
CREATE FUNCTION embedd.drop_vector_table(vector_table text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drop_vector_table(vector_table text) IS 'Stop sync and remove the vectors; the source table stays unchanged.';
CREATE FUNCTION embedd.embed(text text, embedder text DEFAULT 'local'::text, model text DEFAULT NULL::text, dimensions integer DEFAULT NULL::integer) RETURNS real[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) IS 'Return the vector of a text, as an embedder makes it for queries; needs the helper in plpython3u.';
CREATE FUNCTION embedd.enable_organization(organization text) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.enable_organization(organization text) IS 'Accept the keys of a disabled organization again; its sync catches up.';
CREATE FUNCTION embedd.enable_user("user" text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.enable_user("user" text) IS 'Accept the keys of a disabled user again.';
CREATE FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) IS 'Remove the triggers and events of a capture, over a connection.';
CREATE FUNCTION embedd.get_api_key(api_key text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_api_key(api_key text) IS 'Return one API key by id, without the key itself.';
CREATE FUNCTION embedd.get_connection(connection text) RETURNS TABLE(id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text, port integer, database text, "user" text, ssl_mode text, capture text, created_at timestamp with time zone, last_tested_at timestamp with time zone, last_error text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_connection(connection text) IS 'Return one connection by name or id, without its password.';
CREATE FUNCTION embedd.get_embedder(embedder text) RETURNS TABLE(id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text, base_url text, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_embedder(embedder text) IS 'Return one embedder by name or id, without its credentials.';
CREATE FUNCTION embedd.get_embedder_record(embedder uuid) RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_embedder_record(embedder uuid) IS 'Return one embedder with all its fields, without its credentials.';
CREATE FUNCTION embedd.get_environment(environment text) RETURNS TABLE(id text, org_id text, name text, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_environment(environment text) IS 'Return one environment of the organization, by name or id.';
CREATE FUNCTION embedd.get_task(task text) RETURNS TABLE(id text, org_id text, task_type text, target_id text, status text, priority integer, last_processed_pk text, rows_processed bigint, rows_total bigint, attempts integer, max_attempts integer, last_error text, created_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_task(task text) IS 'Return one task by id, with its progress.';
CREATE FUNCTION embedd.get_vector_table(vector_table text) RETURNS TABLE(id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text, source_table text, primary_key_column text, mode text, sync_mode text, sync_status text, embedding_model text, embedding_dimensions integer, columns json, created_at timestamp with time zone, "where" text, language text, chunking jsonb, store_settings jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_vector_table(vector_table text) IS 'Return one vector table by name or id.';
CREATE FUNCTION embedd.grant_rights(p_captures boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.grant_rights(p_captures boolean) IS 'Give the roles embedd_admin, embedd_worker and embedd_reader their rights in this schema.';
CREATE FUNCTION embedd.health(patience interval DEFAULT '00:05:00'::interval) RETURNS TABLE(subject text, value double precision, alert text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.health(patience interval) IS 'Return what is old, stuck, full or held back: a row for each measurement, with an alert.';
CREATE FUNCTION embedd.instance_status() RETURNS TABLE(state text, message text, uid uuid, timeline bigint, checked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.instance_status() IS 'Return whether this database owns its vector stores, or is a copy.';
CREATE FUNCTION embedd.list_api_keys("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Return API keys of the organization that the user may see, without the keys themselves, oldest first.';
CREATE FUNCTION embedd.list_audit("limit" integer DEFAULT 100, before_created_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone, before_id text DEFAULT NULL::text) RETURNS TABLE(id text, created_at timestamp with time zone, user_id uuid, key_id text, operation text, target text, result text, address text, request_id text, door text, role text, attempts integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_audit("limit" integer, before_created_at timestamp with time zone, before_id text) IS 'Return who changed what, over REST, by a command or in SQL, newest first; for owners.';
CREATE FUNCTION embedd.list_connections("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text, port integer, database text, "user" text, ssl_mode text, capture text, created_at timestamp with time zone, last_tested_at timestamp with time zone, last_error text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Return connections of the environment, oldest first.';
CREATE FUNCTION embedd.list_embedder_records(p_owner uuid DEFAULT NULL::uuid, p_provider_type text DEFAULT NULL::text, p_labels jsonb DEFAULT '[]'::jsonb) RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) IS 'Return embedders with all their fields, without credentials, oldest first.';
CREATE FUNCTION embedd.list_embedders("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text, base_url text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Return the embedders of the environment, oldest first.';
CREATE FUNCTION embedd.list_environments("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, name text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Return environments of the organization, oldest first.';
CREATE FUNCTION embedd.list_models(of_provider text DEFAULT NULL::text, of_kind text DEFAULT NULL::text) RETURNS TABLE(provider text, model text, kind text, dimensions integer, sizes text, max_text_tokens integer, usd_per_million numeric, retired_on date, successor text, origin text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_models(of_provider text, of_kind text) IS 'Return models by provider: sizes, limits, prices and retirement.';
CREATE FUNCTION embedd.list_organizations() RETURNS TABLE(id text, name text, status text, tier text, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_organizations() IS 'Return all organizations, oldest first.';
CREATE FUNCTION embedd.list_usage(from_day date DEFAULT NULL::date, to_day date DEFAULT NULL::date, vector_table text DEFAULT NULL::text) RETURNS TABLE(day date, vector_table_id text, vector_table_name text, embedder_id text, embedder_name text, provider text, model text, kind text, requests bigint, tokens bigint, cost_usd numeric)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) IS 'Return requests, tokens and cost by day, vector table and embedder; by default of this month.';
CREATE FUNCTION embedd.list_users() RETURNS TABLE(id uuid, org_id text, name text, role text, created_at timestamp with time zone, disabled_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_users() IS 'Return users of the organization, oldest first.';
CREATE FUNCTION embedd.list_vector_tables("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text, source_table text, primary_key_column text, mode text, sync_mode text, sync_status text, embedding_model text, embedding_dimensions integer, columns json, created_at timestamp with time zone, "where" text, language text, chunking jsonb, store_settings jsonb)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Return the vector tables of the environment, oldest first.';
CREATE FUNCTION embedd.minted_keys(api_key text) RETURNS TABLE(id text, name text, key_prefix text, created_by uuid, created_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.minted_keys(api_key text) IS 'Return valid keys that were made with an API key, or with a key that it made.';
CREATE FUNCTION embedd.models() RETURNS TABLE(provider text, model text, dimensions integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.models() IS 'Return embedding models by provider, with their vector size.';
CREATE FUNCTION embedd.notices(vector_table text DEFAULT NULL::text, "limit" integer DEFAULT 100) RETURNS TABLE(at timestamp with time zone, vector_table_name text, message text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.notices(vector_table text, "limit" integer) IS 'Return what embedd noticed and repaired by itself, newest first.';
CREATE FUNCTION embedd.oldest_program() RETURNS TABLE(line text, number integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS …;
COMMENT ON FUNCTION embedd.oldest_program() IS 'Return the oldest program this schema still serves, by the migrations it knows of each line.';
CREATE FUNCTION embedd.pause_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.pause_sync(vector_table text) IS 'Pause automatic sync; queries still get answers and changes are kept.';
CREATE PROCEDURE embedd.prepare_search(IN vector_table text, IN query text DEFAULT NULL::text, IN "limit" integer DEFAULT 10, IN filters jsonb DEFAULT NULL::jsonb, IN search_mode text DEFAULT 'vector'::text, IN min_similarity_score double precision DEFAULT NULL::double precision, IN rerank jsonb DEFAULT NULL::jsonb, IN timeout interval DEFAULT '00:00:10'::interval, IN "like" jsonb DEFAULT NULL::jsonb, IN score_threshold double precision DEFAULT NULL::double precision, IN without text[] DEFAULT NULL::text[], IN query_vector real[] DEFAULT NULL::real[])
    LANGUAGE plpgsql
    AS …;
COMMENT ON PROCEDURE embedd.prepare_search(IN vector_table text, IN query text, IN "limit" integer, IN filters jsonb, IN search_mode text, IN min_similarity_score double precision, IN rerank jsonb, IN timeout interval, IN "like" jsonb, IN score_threshold double precision, IN without text[], IN query_vector real[]) IS 'Ask a worker for what embedd.search() with the same arguments needs, and wait for it.';
CREATE FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) IS 'Return events of the outbox, which stay there, over a connection.';
CREATE FUNCTION embedd.remove_model(provider text, model text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.remove_model(provider text, model text) IS 'Remove a model that was added with add_model().';
CREATE FUNCTION embedd.resume_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.resume_sync(vector_table text) IS 'Resume automatic sync and catch up.';
CREATE FUNCTION embedd.retry_dead_letters(vector_table text, keys text[] DEFAULT NULL::text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) IS 'Retry rows that were set aside; returns how many.';
CREATE FUNCTION embedd.revoke_api_key(api_key text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.revoke_api_key(api_key text) IS 'Revoke an API key at once; it stays listed, and keys made with it stay valid.';
CREATE FUNCTION embedd.role_rights() RETURNS TABLE(role text, object_type text, object text, privilege text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.role_rights() IS 'Return all rights of each role in both schemas: grant_rights() gives them, and docs/how-to/dba.md lists them. embedd_worker has the functions that its program calls and the objects that those functions touch. embedd_reader has the same for status and search, without credentials. The queue and the recorded state of each row (outbox, jobs, ranges, row_states) and search requests are for the worker alone, and the audit log is for no role; functions reach them. embedd_definer, which exists where a superuser installed, has what the functions need that run with their owner''s rights.';
CREATE FUNCTION embedd.search(vector_table text, query text DEFAULT NULL::text, "limit" integer DEFAULT 10, filters jsonb DEFAULT NULL::jsonb, search_mode text DEFAULT 'vector'::text, query_vector real[] DEFAULT NULL::real[], min_similarity_score double precision DEFAULT NULL::double precision, rerank jsonb DEFAULT NULL::jsonb, "select" text[] DEFAULT NULL::text[], "like" jsonb DEFAULT NULL::jsonb, score_threshold double precision DEFAULT NULL::double precision, without text[] DEFAULT NULL::text[]) RETURNS TABLE(pk_value text, score double precision, metadata jsonb, embedded_text text, passage text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb, "select" text[], "like" jsonb, score_threshold double precision, without text[]) IS 'Return the rows of a vector table that match best, by meaning, by words, or both, with key, score and metadata.';
CREATE FUNCTION embedd.set_embedder_details(embedder text, description text DEFAULT NULL::text, labels jsonb DEFAULT NULL::jsonb, api_path text DEFAULT NULL::text, dimensionality integer DEFAULT NULL::integer, max_sequence_length integer DEFAULT NULL::integer, distribution_type text DEFAULT NULL::text, supported_modalities text[] DEFAULT NULL::text[], version text DEFAULT NULL::text, monitoring_endpoint text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_embedder_details(embedder text, description text, labels jsonb, api_path text, dimensionality integer, max_sequence_length integer, distribution_type text, supported_modalities text[], version text, monitoring_endpoint text) IS 'Change description, labels, path, size and similar fields of an embedder; null keeps, a blank text clears.';
CREATE FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) IS 'Set the US dollars for a million tokens of a model; null removes the price.';
CREATE FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) IS 'Limit the requests and tokens of an embedder per minute, all workers and queries together; null: no limit.';
CREATE FUNCTION embedd.set_tier(organization text, tier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_tier(organization text, tier text) IS 'Move an organization to the tier free, pro, business or enterprise.';
CREATE FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) IS 'Limit the tokens of an embedder for documents in a month; null: no limit.';
CREATE FUNCTION embedd.sync_status(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_id text, sync_status text, synced_rows bigint, total_rows bigint, last_synced_at timestamp with time zone, rows_pending bigint, staleness_secs bigint, dead_rows bigint, skipped_rows bigint, last_error text, last_error_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.sync_status(vector_table text) IS 'Return status, counts and last error of the sync, per vector table.';
CREATE FUNCTION embedd.tasks("limit" integer DEFAULT 100, before_created_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone, before_id text DEFAULT '~'::text) RETURNS TABLE(id text, org_id text, task_type text, target_id text, status text, priority integer, last_processed_pk text, rows_processed bigint, rows_total bigint, attempts integer, max_attempts integer, last_error text, created_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) IS 'Return backfills and other long work of the organization, newest first.';
CREATE FUNCTION embedd.tier_limits(tier text) RETURNS TABLE(max_tables integer, max_vectors bigint, requests_per_minute integer, max_connections integer, max_embedders integer, max_keys integer, max_environments integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tier_limits(tier text) IS 'Return the limits of a tier: managed tables and vectors, requests per minute and others; null is no limit.';
CREATE FUNCTION embedd.uninstall(confirm boolean DEFAULT false) RETURNS TABLE(kind text, name text, removed boolean, note text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.uninstall(confirm boolean) IS 'Remove embedd from this database; without confirm => true it only lists what would be removed.';
CREATE FUNCTION embedd.uninstall_parts() RETURNS TABLE(kind text, name text, removed boolean, note text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.uninstall_parts() IS 'List every part of this installation: what uninstall() removes, and what must be removed in another way.';
CREATE FUNCTION embedd.update_connection(connection text, name text DEFAULT NULL::text, host text DEFAULT NULL::text, port integer DEFAULT NULL::integer, database text DEFAULT NULL::text, username text DEFAULT NULL::text, password jsonb DEFAULT NULL::jsonb, ssl_mode text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, authentication text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean, authentication text) IS 'Change a connection; null keeps a value. Test it again; another address needs the password again.';
CREATE FUNCTION embedd.update_embedder(embedder text, name text DEFAULT NULL::text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, fingerprint bytea DEFAULT NULL::bytea, allow_duplicate_name boolean DEFAULT false, allow_in_use boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) IS 'Change an embedding configuration; null keeps. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.update_vector_table(vector_table text, name text DEFAULT NULL::text, columns json DEFAULT NULL::json, embedder text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, sync_mode text DEFAULT NULL::text, source_facts jsonb DEFAULT NULL::jsonb, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, chunking jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) IS 'Change a vector table; null keeps. New vectors are built next to the old ones, which answer until the switch.';
CREATE FUNCTION embedd.vector_budget() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.vector_budget() IS 'Return how many more vectors the tier allows; null is no limit.';
CREATE FUNCTION embedd.vector_table_schema(vector_table text) RETURNS TABLE(name text, role text, ordinal integer, name_prefix text, filter_type text, operators text[])
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.vector_table_schema(vector_table text) IS 'Return the columns of a vector table, with the operators that filters on each may use.';
CREATE FUNCTION embedd.verification(task text) RETURNS TABLE(task_id text, vector_table_id text, name text, status text, repair boolean, sweep boolean, rows_compared bigint, difference bigint, missing bigint, stale bigint, orphaned bigint, unreadable bigint, waiting bigint, skipped bigint, dead bigint, repaired bigint, examples jsonb, last_error text, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.verification(task text) IS 'Return what a verification found: counts and some keys of each kind.';
CREATE FUNCTION embedd.verify(vector_table text, repair boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.verify(vector_table text, repair boolean) IS 'Compare source and store row by row; returns the task''s id.';
CREATE FUNCTION embedd.version() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.version() IS 'Return the installed schema version, control.capture.';
CREATE FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) IS 'Give up the generation that is being built. The vector table gets back the configuration of the active one, which still answers queries, so the same change can be requested again.';
CREATE FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) IS 'Record what an attempt has applied to the store; return the number of finished jobs. A job is deleted only if its key did not become dirty again since the claim (want) and no other attempt claimed it (token). A job that became dirty again is free for the next claim at once. Keys whose job belongs to another attempt by now are skipped entirely: that attempt may have deleted the row and forgotten its state, so that an older token would look new. Row security is on, as in all functions that are called over a session to a co-located store. That session turns row_security off to get an error instead of a part of the rows, and the tables of embedd have policies. The arrays run in parallel, one entry per key. p_gone: the row is deleted. p_touched is false: nothing had to be written.';
CREATE FUNCTION embedd_internal.acting_environment() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_environment() IS 'Return the id of this transaction''s environment: from the setting embedd.environment, else the organization''s prod.';
CREATE FUNCTION embedd_internal.acting_key() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_key() IS 'Return the id of the API key that this transaction acts with, from the setting embedd.key; null in psql, where no key is needed.';
CREATE FUNCTION embedd_internal.acting_organization() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_organization() IS 'Return the organization of this transaction, from the setting embedd.organization, which the gateway sets before each call. In psql the default is the self-hosted organization.';
CREATE FUNCTION embedd_internal.acting_role() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_role() IS 'Return the role of the acting user in the acting organization; null for a user who does not belong to it or is disabled.';
CREATE FUNCTION embedd_internal.acting_user() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_user() IS 'Return the user of this transaction: from the setting embedd.user, else the first owner of the organization who is not disabled.';
CREATE FUNCTION embedd_internal.active_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.active_generation(vector_table text) IS 'Forward to get_active_generation() for programs of 0.1.0 and 0.2.0, which read flat keys.';
CREATE FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) IS 'Add a notice; the newest thousand are kept.';
CREATE FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) IS 'Add the next range of a task and move the checkpoint of the task, in one transaction. Returns false, and adds nothing, if the task no longer belongs to this worker.';
CREATE FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) IS 'Check and add a user; return its id.';
CREATE FUNCTION embedd_internal.add_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_words() IS 'Return the statement that adds rows to the lists of words of a store. Each row that has words gets a number in `{texts}`. Each word of these rows gets one line in `{words}`: the number of rows that have it, and its postings, one bigint for each of them, in ascending order: the number of the row << 24 | how often it has the word (at most 255) << 16 | its length in words (at most 65,535). The lines of the words '''' and '' '' count the rows and the words of all rows. A line is never updated, so writers never wait for each other. `{rows}` has the columns pk_value and embedded_text; `{parsed}` is indexed_words().';
CREATE FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) IS 'Return the operators that a filter on a column of this filter type may use in a store of this kind, in order; none without a filter type.';
CREATE FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) IS 'Record the result of a search request, unless another worker has taken it over: a vector, an answer or both, made with a generation, or a refusal with message, hint and SQLSTATE (EBS03 by default). It is kept for five minutes, and an organization''s oldest ones are removed beyond 1,000 of them or 64 MB. Return whether more requests wait.';
CREATE TABLE embedd.embedders (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id text NOT NULL,
    environment_id text NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    provider text NOT NULL,
    model text,
    base_url text,
    credentials jsonb,
    secret_ref text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    description text,
    provider_type text,
    api_path text,
    dimensionality integer,
    distribution_type text DEFAULT 'DENSE'::text NOT NULL,
    max_sequence_length integer,
    supported_modalities text[] DEFAULT '{TEXT}'::text[] NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    version text,
    monitoring_endpoint text,
    credentials_form text DEFAULT 'key'::text NOT NULL,
    fingerprint bytea,
    duplicate_key bytea,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    monthly_token_budget bigint,
    requests_per_minute integer,
    tokens_per_minute bigint,
    shown_id uuid,
    public_id text GENERATED ALWAYS AS (('emb_'::text || replace((COALESCE(shown_id, id))::text, '-'::text, ''::text))) STORED NOT NULL,
    secret_removed boolean DEFAULT false NOT NULL,
    CONSTRAINT embedders_check CHECK (((credentials IS NULL) OR (secret_ref IS NULL))),
    CONSTRAINT embedders_credentials_form_check CHECK ((credentials_form = ANY (ARRAY['key'::text, 'endpoint'::text]))),
    CONSTRAINT embedders_dimensionality_check CHECK ((dimensionality > 0)),
    CONSTRAINT embedders_distribution_type_check CHECK ((distribution_type = ANY (ARRAY['DENSE'::text, 'SPARSE'::text]))),
    CONSTRAINT embedders_duplicate_key_check CHECK ((length(duplicate_key) = 32)),
    CONSTRAINT embedders_fingerprint_check CHECK ((length(fingerprint) = 32)),
    CONSTRAINT embedders_labels_check CHECK ((jsonb_typeof(labels) = 'object'::text)),
    CONSTRAINT embedders_max_sequence_length_check CHECK ((max_sequence_length > 0)),
    CONSTRAINT embedders_monthly_token_budget_check CHECK ((monthly_token_budget >= 0)),
    CONSTRAINT embedders_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT embedders_provider_type_check CHECK ((provider_type = ANY (ARRAY['OPENAI'::text, 'VLLM'::text, 'TEI'::text, 'LLAMA_CPP'::text, 'VOYAGE'::text, 'COHERE'::text, 'JINA'::text]))),
    CONSTRAINT embedders_requests_per_minute_check CHECK ((requests_per_minute > 0)),
    CONSTRAINT embedders_secret_ref_check CHECK ((secret_ref ~ '^(env|file):.+$'::text)),
    CONSTRAINT embedders_supported_modalities_check CHECK (((supported_modalities <@ '{TEXT,IMAGE,AUDIO,VIDEO}'::text[]) AND (cardinality(supported_modalities) > 0))),
    CONSTRAINT embedders_tokens_per_minute_check CHECK ((tokens_per_minute > 0))
);
COMMENT ON TABLE embedd.embedders IS 'Embedding configurations: vendor, model, address, credentials; for /v1/embedders and /v1/embedding-providers.';
COMMENT ON COLUMN embedd.embedders.id IS 'The id in /v1/embedders, unless shown_id is set.';
COMMENT ON COLUMN embedd.embedders.organization_id IS 'The organization of the embedder.';
COMMENT ON COLUMN embedd.embedders.environment_id IS 'The environment of the embedder.';
COMMENT ON COLUMN embedd.embedders.owner_id IS 'The user who may change the embedder, besides owners and admins.';
COMMENT ON COLUMN embedd.embedders.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.embedders.provider IS 'The vendor''s adapter, one of embedd_internal.providers().';
COMMENT ON COLUMN embedd.embedders.model IS 'The default model of vector tables that use the embedder.';
COMMENT ON COLUMN embedd.embedders.base_url IS 'The address of requests; null: the vendor''s own.';
COMMENT ON COLUMN embedd.embedders.credentials IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.embedders.secret_ref IS 'Where the worker finds the key: env:NAME or file:/path.';
COMMENT ON COLUMN embedd.embedders.created_at IS 'When the embedder was created.';
COMMENT ON COLUMN embedd.embedders.description IS 'A text for people.';
COMMENT ON COLUMN embedd.embedders.provider_type IS 'As the GoodMem face said it; null: made elsewhere, and shown by its provider.';
COMMENT ON COLUMN embedd.embedders.api_path IS 'Put behind base_url for a request; null: the provider''s own.';
COMMENT ON COLUMN embedd.embedders.dimensionality IS 'The size of its vectors, as given over /v1/embedders.';
COMMENT ON COLUMN embedd.embedders.distribution_type IS 'DENSE or SPARSE, as given over /v1/embedders.';
COMMENT ON COLUMN embedd.embedders.max_sequence_length IS 'The longest text the model takes, in tokens; null: the known limit of the model.';
COMMENT ON COLUMN embedd.embedders.supported_modalities IS 'Modalities, as given over /v1/embedders; only texts are embedded.';
COMMENT ON COLUMN embedd.embedders.labels IS 'Keys and values by which users find the embedder.';
COMMENT ON COLUMN embedd.embedders.version IS 'The version of the model, as given over /v1/embedders.';
COMMENT ON COLUMN embedd.embedders.monitoring_endpoint IS 'An address, as given over /v1/embedders; nothing is sent to it.';
COMMENT ON COLUMN embedd.embedders.credentials_form IS 'What the envelope holds: a key, or the JSON of an EndpointAuthentication.';
COMMENT ON COLUMN embedd.embedders.fingerprint IS 'HMAC-SHA-256 of the credentials under a key the database never sees: equal ones are told, not guessed.';
COMMENT ON COLUMN embedd.embedders.duplicate_key IS 'SHA-256 of what no two embedders of one owner share; null for those that may repeat (not made on the GoodMem face).';
COMMENT ON COLUMN embedd.embedders.created_by IS 'The user who created the embedder.';
COMMENT ON COLUMN embedd.embedders.updated_by IS 'The user who last changed the embedder.';
COMMENT ON COLUMN embedd.embedders.updated_at IS 'When the embedder was last changed.';
COMMENT ON COLUMN embedd.embedders.monthly_token_budget IS 'Tokens a month (UTC) after which no more texts are embedded until the next; deletes, metadata and queries go on.';
COMMENT ON COLUMN embedd.embedders.requests_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
COMMENT ON COLUMN embedd.embedders.tokens_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
COMMENT ON COLUMN embedd.embedders.shown_id IS 'The id in /v1/embedders if it differs from id; another organization may have an embedder with the same one.';
COMMENT ON COLUMN embedd.embedders.public_id IS 'The id in /v1/embedding-providers.';
COMMENT ON COLUMN embedd.embedders.secret_removed IS 'Its credentials were removed when its address changed, and have to be sent again.';
CREATE FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) IS 'Return an embedder with the given fields of the GoodMem API applied. Absent fields keep their values, blank optional texts clear them. A value equal to the one that API shows (p_shown, null for a new embedder) changes nothing, even if the row stores it in another spelling.';
CREATE FUNCTION embedd_internal.asking_role() RETURNS name
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.asking_role() IS 'Return the role that the session acts as: that of SET ROLE, else the one that logged in. Unlike current_user it is the same inside functions that have their owner''s rights.';
CREATE FUNCTION embedd_internal.audit_capture(p_capture_id integer) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) IS 'Find what triggers cannot report: triggers disabled, dropped or changed, partitions added or removed, the table replaced or altered. Repair what can be repaired, then request a comparison of all rows, because changes may have been missed. Return one sentence for each finding. What cannot be repaired is the error of the vector tables until it can. Triggers that no vector table needs are removed.';
CREATE FUNCTION embedd_internal.authenticate(p_digest bytea) RETURNS TABLE(id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamp with time zone, status text, requests_per_minute integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.authenticate(p_digest bytea) IS 'Return the API key with this digest, or no row. The caller compares the digest again in constant time. revoked_at says when the key ended for any reason (it was revoked, it expired, its user is disabled), and status names the reason; for a valid key status is that of the organization. Every request costs this one lookup. It includes the tier''s requests per minute, so that an organization without that limit costs no further query.';
CREATE FUNCTION embedd_internal.authenticate_search(p_digest bytea, p_environment text, p_vector_table text) RETURNS TABLE(id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamp with time zone, status text, requests_per_minute integer, search_version text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.authenticate_search(p_digest bytea, p_environment text, p_vector_table text) IS 'Return the API key with this digest like authenticate(), and in the same call what a search needs to know first: the version of the generation that would answer it, null if there is none. A program that knows this version, and the plan of the same request, needs no other call before it searches.';
CREATE FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) IS 'Raise unless the acting user may perform the operation on the object with this id. An object belongs to the user who made it, an embedder to its owner. Three kinds of objects belong to no user: environments, which hold objects of other users; the local connection, which reads with the rights of the service; and vector tables on the local connection. An object that does not exist is treated as one of another user, so resolve the reference first.';
CREATE FUNCTION embedd_internal.await_search(p_asked jsonb) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.await_search(p_asked jsonb) IS 'Return whether a search that request_search() asked for is answered, after a pause of at most 50 ms if not. Raise the error that the worker met, or that no worker answered in time.';
CREATE FUNCTION embedd_internal.begin_verification(p_task text) RETURNS TABLE(repair boolean, sweep boolean, waiting_keys text[])
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.begin_verification(p_task text) IS 'Return what a worker needs to know about a verification it claimed: its options, and the keys before the checkpoint that must be looked at again. The search for orphans starts over after an interruption, so the count of orphans is reset, unless they were repaired. No row if another generation answers queries by now: the task is cancelled.';
CREATE FUNCTION embedd_internal.brief_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.brief_generation(p_generation_id bigint) IS 'Return the version of a generation, and what plan_search() needs of generation_facts(). The version changes with each row that get_generation() reads, except for what only workers need: how changes are captured, and whether the rows are metered. It spares a search the cost of get_generation(), the largest part of its plan.';
CREATE FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) IS 'Call the service over HTTP for what the database cannot do itself, through the helper in plpython3u. Raises an error with instructions if the helper is not installed: for a search, the call that has a worker prepare it. p_operation is search (p_target is a vector table) or embed (p_target is an embedder).';
CREATE FUNCTION embedd_internal.canonical_url(p_url text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.canonical_url(p_url text) IS 'Return an http or https address in its one spelling: scheme and host in lower case, no default port, no trailing slash, the path unchanged. Return null for anything else: other schemes, user information, query, fragment, or characters that no URL has.';
CREATE FUNCTION embedd_internal.capture_columns(p_capture_id integer) RETURNS TABLE(name name, compared boolean, type oid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) IS 'Return the columns that a capture reads: the key, the tracked columns, and the columns from which virtual generated columns among them are computed. A virtual column has no value inside a trigger, so it is not compared itself (compared is false). A dropped column has no type (null).';
CREATE FUNCTION embedd_internal.capture_of(p_vector_table_id text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) IS 'Return how changes of a vector table''s source reach the ledger, and what follows from it: the one list of the kinds. remote: the database of the connection may have triggers. compared: workers compare the rows with what the ledger knows of them; interval names the setting that says how often (batch, cdc or captured). reports: changes are reported as events.';
CREATE FUNCTION embedd_internal.capture_relations(p_table regclass) RETURNS TABLE(relation regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_relations(p_table regclass) IS 'Return the tables whose changes can change what the given table shows: the table itself, its partitions and its inheritance children.';
CREATE FUNCTION embedd_internal.capture_state(p_capture_id integer) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_state(p_capture_id integer) IS 'Return the catalogue entries that a capture depends on, as names and values: each table of the tree, each trigger, the captured columns, the trigger function. A changed value means that changes of rows may have been missed. The value of a trigger includes xmin, because disabling and enabling a trigger leaves a new version of its catalogue row.';
CREATE FUNCTION embedd_internal.captures_to_audit(p_interval interval) RETURNS SETOF integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) IS 'Return the captures whose last capture check is older than the interval.';
CREATE FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) IS 'Return a stored embedder with the given fields of the GoodMem API applied. Nothing is written.';
CREATE FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) IS 'Check how a source database is reached. A host that is not a plain name or address could redirect the driver.';
CREATE FUNCTION embedd_internal.check_chunking(p_chunking jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_chunking(p_chunking jsonb) IS 'Return how texts are cut into passages, with defaults filled in: {strategy, max_tokens, overlap_tokens}. Raise EBV01 for invalid settings.';
CREATE FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) IS 'Raise unless the columns of a vector table are valid, the source table has them, and every running worker can read them. Each message names the entry.';
CREATE FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET standard_conforming_strings TO 'on'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    SET "IntervalStyle" TO 'postgres'
    SET extra_float_digits TO '1'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) IS 'Validate a condition on the rows of a table of this database. Returns the condition as PostgreSQL prints it, and the columns it names. First read_condition() checks the tokens, and the types of the columns are looked up: from then on the condition can only consist of built-in parts. Then PostgreSQL checks it as the predicate of an index: one boolean expression over the row''s own columns that always has the same value for the same row. Session settings that matter (such as the time zone of a timestamp without one) are those of the sessions that read rows.';
CREATE FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) IS 'Raise unless the caller is the installation that takes the events of this database. With p_take the first installation that calls becomes the one that takes them.';
CREATE FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) IS 'Raise EBV01 unless base_url is an http or https address and api_key_ref names a place for the key. Applies to embedders made in SQL or at /v1/embedding-providers.';
CREATE FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) IS 'Raise EBV01 for invalid fields of an embedder in the GoodMem API, as far as that needs no stored data. The parser of the service and the constraints of the table check types and enumerations.';
CREATE FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) IS 'Raise unless an embedder can make the vectors of a vector table with this model. Return the vector size; if none is given, the embedder''s own.';
CREATE FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) IS 'Check a filter for a store of this kind, and return it in its normal form, null if it has no condition. `p_fields` maps the columns that can be filtered by to their filter types. An invalid filter raises EBV01 with the path of the mistake.';
CREATE FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) IS 'Check the condition on one field, a value or an object of operators, and return an array of nodes that must all hold.';
CREATE FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) IS 'Check one object of a filter, all of whose parts must hold. `conditions` continues the count `p_before`, because the limit applies to the whole filter.';
CREATE FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) IS 'Check the operand of an operator of a filter, and return its values as an array; null for an operator that takes true or false.';
CREATE FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET extra_float_digits TO '1'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) IS 'Check one operand of a filter against the type of its field, as in filter_types(), and return it as the store holds it: a double for a float field; for an integer field a number in the range of 64 bits, which may have a fraction; a time in the one form of filter_time(); a UUID in lower case with hyphens.';
CREATE FUNCTION embedd_internal.check_instance(p_seen bigint DEFAULT 0) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_instance(p_seen bigint) IS 'Check whether this database still owns its stores. A worker calls this function at its start, every minute, and after a refused claim. The first call registers the database as the owner of its stores. After a failover, a restored backup or a sequence that was set back, tokens continue above every token ever drawn, and all rows are compared. A copy only shows the problem as an error of its vector tables. p_seen is a token that the worker has found in a store.';
CREATE FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) IS 'Return the columns of a key, their types and the key as users see it, or raise. Together the columns must identify each row for good, and each must have a type in which every value has exactly one text. p_columns is the result of named_key().';
CREATE FUNCTION embedd_internal.check_labels(p_labels jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_labels(p_labels jsonb) IS 'Raise EBV01 unless labels keep to the limits: at most 64 labels, keys of 1 to 63 characters, values of at most 255.';
CREATE FUNCTION embedd_internal.check_like(p_like jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_like(p_like jsonb) IS 'Check `like` of a search request, the keys of rows whose vectors are searched by, and return it with both lists; null if there is none. A key is the id of a result.';
CREATE FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) IS 'Return the vector size of a model of a provider: p_dimensions if given, otherwise the model''s own. A model that is not in the catalogue needs p_dimensions. A model in the catalogue must yield the size, except at an OpenAI-compatible server of the operator.';
CREATE FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) IS 'Raise EBV01 unless the model may be used with the provider, whatever its vector size. Any name is allowed, with two exceptions. The provider local has only its own models. And the name of a model of another provider is taken for a mistake, unless the embedder has its own base_url.';
CREATE FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) IS 'Check the name of a connection, embedder or vector table. SQL addresses objects by name, so a name in use is refused; REST addresses objects by id and passes p_taken as false.';
CREATE FUNCTION embedd_internal.check_owner_left(p_user uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_owner_left(p_user uuid) IS 'Raise unless the organization has another owner who is not disabled. The organization''s row stays locked until the transaction ends, so that two owners cannot remove each other at once.';
CREATE FUNCTION embedd_internal.check_platform(p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_platform(p_source jsonb) IS 'Raise unless the source database can hold the vectors, as mode platform needs: pgvector is installed and the role may create tables in the schema of the source table.';
CREATE FUNCTION embedd_internal.check_quota(p_kind text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_quota(p_kind text) IS 'Raise if the organization has as many objects of a kind as its tier allows, over all environments. For a limited tier the organization''s row stays locked until the transaction ends, so that two transactions cannot both take the last place. Call this function before inserting.';
CREATE FUNCTION embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) IS 'Raise unless the role that asks may read the vectors of a generation, before anything is spent on its search. Vectors outside this database have no rights of roles. A reranker reads every row that a search finds, so it is refused to a role from which row security hides some.';
CREATE FUNCTION embedd_internal.check_searchable(vector_table text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_searchable(vector_table text) IS 'Return the id of the generation that answers queries on a vector table, or raise EBR02 if none can. One can from the first backfill on, also while sync is paused or in error.';
CREATE FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) IS 'Check which parts of its results a search asks for, null for all: an array with names of columns and of the fields that can be left out. Return it, or raise EBV01 with the name that is unknown.';
CREATE FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) IS 'Raise unless the source table exists, belongs to neither embedd nor PostgreSQL, and the role sees all its rows. p_source is the result of describe_source().';
CREATE FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) IS 'Return the settings of a vector table''s collections in Qdrant, named as in Qdrant''s API. The installation or the server decides settings that are left out. Raise EBV01 for invalid settings, and for any in mode platform, because tables of pgvector have none.';
CREATE FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer DEFAULT 1) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer) IS 'Check the length of a name or label, and refuse characters that act on a terminal or a log: control characters, line separators, and marks that change the direction of writing.';
CREATE FUNCTION embedd_internal.check_tier(p_tier text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_tier(p_tier text) IS 'Check the name of a tier.';
CREATE FUNCTION embedd_internal.check_without(p_without jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_without(p_without jsonb) IS 'Check `without` of a search request, the keys of rows to leave out, and return it; an empty list if there is none.';
CREATE FUNCTION embedd_internal.check_workers(p_columns jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_workers(p_columns jsonb) IS 'Raise EBC12 if a running worker cannot read columns of the configured filter types, because it is of an earlier version. A worker runs if it has looked for work in the last ten seconds. Once such columns are in use, oldest_program() keeps earlier programs from starting, and stops those that run.';
CREATE FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) IS 'Queue one page of keys and record the progress of the task, in one transaction. Returns false, and queues nothing, if the task no longer belongs to this worker (it was cancelled, started over, or taken by another). Rows are counted once, while the source is read; keys of later phases belong to rows that the source no longer has.';
CREATE FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) IS 'Record what one step of a verification found, queue its repairs and record its progress, in one transaction. Returns false, and records and queues nothing, if the task no longer belongs to this worker. p_counts: numbers by kind, such as {"stale": 2}. p_examples: some keys by kind. p_suspects: keys whose point differs from the recorded state. p_new: keys that the ledger does not know.';
CREATE FUNCTION embedd_internal.claim_count(p_lease interval) RETURNS TABLE(generation_id bigint, began timestamp with time zone)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_count(p_lease interval) IS 'Lease the next vector table whose source must be counted, and return its active generation. No other worker takes it before the lease ends. began: rows that are added or removed from then on may be missing from the count. No row if none is due.';
CREATE FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(token bigint, key text, want bigint, previous_token bigint, attempts integer, dirty_since timestamp with time zone, state_token bigint, text_hash text, metadata_hash text, source_hash text, suspect boolean, run_at timestamp with time zone)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) IS 'Lease due jobs of one generation and lane to a worker, under one new token. The token is drawn after the jobs are locked and before any row is read. So it is higher than the token of every earlier claim of these keys, and a higher token has always seen a later state. All times are the database''s. The commit must be durable before the worker writes to a store, hence synchronous_commit. suspect: the store may differ from the recorded state. Either a range of the generation is open, so that an attempt under an older token may still write these keys, or the state is from before a failover or restore. One statement reads ranges and states, because a range that closes leaves its states behind. p_after: where the last claim of the lane found its first job, so that finished jobs are not scanned again.';
CREATE FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, sync_mode text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) IS 'Lease the next polled source that is due, and return its generations in use. No other worker takes the source before the lease ends. No row if none is due.';
CREATE FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) RETURNS TABLE(id bigint, token bigint, after_key text, last_key text, crashes integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) IS 'Lease one range to a worker under a new token. The token is drawn when the range has long been committed, so a claim of one of its keys under a higher token sees the range. The lease is committed before any row of the range is read.';
CREATE FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) IS 'Lease a remote outbox that no worker fetches, and return its connection; null if there is none. p_except lists connections to skip.';
CREATE FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) RETURNS TABLE(digest bytea, ask bigint, need jsonb, generation_id bigint, organization_id text, environment_id text, user_id uuid, vector_table_id text, co_located boolean)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) IS 'Lease search requests to a worker that serves these stores, at most 32 of an organization at once over all workers, and organizations in turn. `ask` counts how often the same was asked: an answer is for the asks up to this one.';
CREATE FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) IS 'Choose a due job of any lane with which two workers in a row died, so that it is tried alone: while a worker has such a job it takes no other job of the generation, and the next death identifies the row. A job with which a third worker died becomes a dead letter, and the search continues. Returns null if there is no such job (take ordinary jobs), and an empty array if the worker must first finish the jobs it has. crashes does not include the last death yet: the lease that was never given back stands for it.';
CREATE FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) RETURNS TABLE(id text, task_type text, vector_table_id text, generation_id bigint, phase text, start_token bigint, last_processed_pk text, rows_processed bigint, rows_total bigint, ranged boolean)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) IS 'Lease the next task to a worker, in order of priority: pending tasks, and tasks whose lease has expired.';
CREATE FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, token bigint)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) IS 'Lease the next store that must be read after a failover or restore; no row if there is none for this worker. token names this pass over the store; a worker that takes over later gets another token.';
CREATE FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) IS 'Describe what happened between two states of a capture, one sentence for each change. New columns and new triggers are left out, because embedd added them. A changed trigger function is left out too: embedd may have written it, and generating it again shows whether it was altered.';
CREATE FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) IS 'Compare one page of a polled source: queue keys that are new or whose row hash differs, and return how many were known. A key that already has a job is skipped, because the read of that job or the next cycle sees the change. A dead letter is retried when the row differs from the one that failed.';
CREATE FUNCTION embedd_internal.compile_filter(p_tree jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) IS 'Return a checked filter, in the normal form of check_filter(), as an SQL condition on the columns `metadata` and `pk_value` of a store in pgvector. It is true or false, never null. Each name and each value is a literal.';
CREATE FUNCTION embedd_internal.complete_task(p_task text, p_worker text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) IS 'Complete a task after everything it queued was processed. A task that was started over meanwhile is not in its last phase and stays. A backfilled table becomes synced, and the error of a reconciled table is cleared.';
CREATE FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) IS 'Return the words that a condition of a vector table may use besides columns and constants: keywords, operators, functions, and types for casts. embedd_pg/conditions/vocabulary.py holds the same lists for Python. A function is listed only if every built-in function of that name is immutable (read_condition() checks this in the catalogue) and if it cannot make a large value from small ones.';
CREATE FUNCTION embedd_internal.connection_secret(p_connection_id text) RETURNS TABLE(id text, organization_id text, host text, port integer, database text, username text, password jsonb, ssl_mode text, capture text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.connection_secret(p_connection_id text) IS 'Return how to open a connection, including the envelope of the password. Only the service can open the envelope, because it holds the key. The envelope also says how the server may ask for the password; earlier programs, which prepared this call with these columns, ignore that entry.';
CREATE FUNCTION embedd_internal.count_dead(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) IS 'Return how many rows of a generation were set aside; with null, of all vector tables that workers follow, as in oldest_jobs().';
CREATE FUNCTION embedd_internal.count_disabled() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_disabled() IS 'Return how many vector tables belong to disabled organizations, so that no worker follows them.';
CREATE FUNCTION embedd_internal.count_failed_login(p_address text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_failed_login(p_address text) IS 'Count a request without a valid API key by its address and minute, over all API processes. Beyond a thousand addresses in one minute the rest shares one entry, and entries are kept for 90 days, so that strangers cannot fill the table.';
CREATE FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) IS 'Return how many jobs of a generation wait or are in progress in a lane.';
CREATE FUNCTION embedd_internal.count_known(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_known(p_generation_id bigint) IS 'Return how many keys the ledger knows: rows that the store holds by the recorded state, and dead letters without such a state.';
CREATE FUNCTION embedd_internal.count_outbox(p_capture_id integer) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_outbox(p_capture_id integer) IS 'Return how many changes of a capture wait in the outbox. For a large outbox the number is estimated from a sample and is at least 1, because a sample may miss a few.';
CREATE FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) IS 'Return how many jobs and ranges that a task has queued are not done. A row that changed has its job in the live lane. Where no attempt has processed such a row since the task began, the task waits for that job too, so that at its end every row is at least as new as the start of its last phases.';
CREATE FUNCTION embedd_internal.count_search(p_organization_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_search(p_organization_id text) IS 'Count a search against the requests per minute of an organization''s tier, with those over REST, or raise if none is left. Raise also if the organization is disabled or being deleted, because workers do nothing for it.';
CREATE FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) IS 'Return how many rows of a generation the store holds by the recorded state (synced), how many of them have no text (skipped), and how many rows without a state were set aside (not_held). The function has its owner''s rights, as all functions that count have: a role that may see the status learns how many rows there are, never which.';
CREATE FUNCTION embedd_internal.count_unread_stores() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_unread_stores() IS 'Return the number of stores in use that still have to be read after a failover or restore.';
CREATE FUNCTION embedd_internal.count_waiting(p_generation_id bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_waiting(p_generation_id bigint) IS 'Return how many jobs of a generation wait or are in progress: an exact number up to a hundred thousand, beyond that an estimate from a sample.';
CREATE FUNCTION embedd_internal.create_capture_role() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_capture_role() IS 'Create the role embedd_capture, which owns the trigger functions in place of a superuser and can do nothing else. Every installation by a superuser creates it, also in a cluster into which a dump was restored. Roles belong to the whole cluster, so another database may have created the role already, or may be creating it now.';
CREATE FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) IS 'Create the triggers of one capture on one table, always enabled, so that replication roles fire them too. Existing triggers are kept, and enabled again if they were disabled. PostgreSQL clones row triggers of a partitioned table to its partitions, but not truncate triggers, so partitions get theirs here (p_is_root is false). Inheritance children get both.';
CREATE FUNCTION embedd_internal.create_definer_role() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_definer_role() IS 'Create the role embedd_definer, which in place of a superuser owns the functions that run with their owner''s rights (SECURITY DEFINER). The role has the rights that role_rights() lists, and no others. The functions that make trigger functions belong to embedd_capture instead.';
CREATE FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb DEFAULT NULL::jsonb, p_owner uuid DEFAULT NULL::uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) IS 'Store an embedder with the fields of the GoodMem API and return its id. p_id is the id that the API shows. It is unique within its organization; another organization may use the same one. The contract fixes the order of the checks.';
CREATE FUNCTION embedd_internal.create_forwards() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_forwards() IS 'Create functions in schema embedd that forward to internal functions, for programs that started before an upgrade: they call internal functions in schema embedd, where these were before they had their own schema. A fresh installation has no such programs and gets no forwards. A migration is to drop the forwards once oldest_program() is past control 27.';
CREATE FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) IS 'Create a generation, with its own physical store, from the present configuration of a vector table. Return its id.';
CREATE FUNCTION embedd_internal.create_own_role(p_role name, p_purpose text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_own_role(p_role name, p_purpose text) IS 'Create a role that owns functions of embedd in place of a superuser, unless the role exists. It cannot log in and has no members, because a member could change what those functions do. Raises an error if a role of that name exists with other properties.';
CREATE FUNCTION embedd_internal.describe_source(source_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
COMMENT ON FUNCTION embedd_internal.describe_source(source_table text) IS 'Return columns, keys and rights of a table as the current role sees them; null when there is no such table.';
CREATE FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) RETURNS TABLE(bucket integer, keys bigint, digest bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) IS 'Return what the ledger knows of a polled source, in buckets of keys: the number of keys in each, and a digest of their row hashes. The worker compares them with the same values computed in the source database (embedd_pg/sources/table.py), so that only rows of buckets that differ are transferred. A dead letter counts with the row that failed.';
CREATE FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) IS 'Turn a range into ordinary jobs because its workers died: the jobs identify the row that causes it. Returns false if the range no longer belongs to this worker.';
CREATE FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) IS 'Drop the trigger function of a capture, with the rights of generate_capture(), which made it. Fails while triggers use the function.';
CREATE FUNCTION embedd_internal.due_counts() RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.due_counts() IS 'Return vector tables whose source must be counted now: tables that wait for their first backfill, and tables where the tier leaves out rows, of which the ledger knows nothing. For all other tables the ledger, or the comparison of a polled source, knows the number of rows.';
CREATE FUNCTION embedd_internal.due_searches() RETURNS TABLE(digest bytea, turn bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.due_searches() IS 'Return the search requests that wait for a worker, those of each organization numbered after the ones that workers already answer for it.';
CREATE FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) IS 'Return the address that gets the credentials of an embedder, in one spelling. The encrypted envelope of the credentials opens only for this address. Without a base_url it is the address of the vendor, which the operator may configure.';
CREATE FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) IS 'Return the configuration of one embedder that programs need to call its vendor. Secrets are encrypted envelopes or references.';
CREATE FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) IS 'Return a digest of the fields in which two embedders of one owner in the GoodMem API must differ. It is a digest because long addresses do not fit into an index entry. The unique index on it checks and inserts in one step.';
CREATE FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) IS 'Return whether a vector table that is not dropped, or a task that has not ended, refers to an embedder.';
CREATE FUNCTION embedd_internal.embedder_records() RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_records() IS 'Return all embedders of the environment with the fields of the GoodMem API, without credentials. An embedder that was made outside that API has no provider type of it, and clients of the API decode only its own types. So it gets the closest type: Gemini the vendor''s OpenAI-compatible address, the built-in model a server on this machine.';
CREATE FUNCTION embedd_internal.empty_stores() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.empty_stores() IS 'Give all vector tables of all organizations new, empty stores, as a part of detach(), and forget the old stores with the recorded state of their rows. Returns the number of vector tables. Does nothing if all stores have their new names already.';
CREATE FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) IS 'End the leases of a worker that died, so that others continue its work at once, and return whether it had any. Do nothing if the worker has looked for work since p_looked_at, because then it lives. If it was only stopped for a while, some work is done twice; tokens order the writes. Locks rows of jobs in the order of generation and key.';
CREATE FUNCTION embedd_internal.end_vector_table(p_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.end_vector_table(p_id text) IS 'End a vector table. Its sync stops and its name is free at once; triggers that no other table needs go; a worker then removes the vectors. The row of the capture is locked, so that creating and dropping vector tables on one source take turns.';
CREATE FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) IS 'Mark keys of one generation as dirty, in a lane.';
CREATE FUNCTION embedd_internal.enum_name(p_schema text, p_type text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.enum_name(p_schema text, p_type text) IS 'Return the qualified name of the enum that two tokens (schema and type) name; null if they name no enum, or an enum with a user-defined cast. Only the catalogue is read; the type is not used.';
CREATE FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) IS 'Extend the leases of an attempt, as its heartbeat. Returns how many jobs still carry the attempt''s token.';
CREATE FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) IS 'Extend the lease of a range; return false if the range no longer belongs to this worker.';
CREATE FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) IS 'Extend the lease of a remote outbox after a successful fetch. Returns false if the worker must stop: another worker fetches the outbox, or no table is left. If fetching failed before, tables that show an error are compared at once, which clears it; this covers all connections to the same database.';
CREATE FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) IS 'Return the node for arrays with every one of the checked values, whose field and type are given, the type as in filter_types(). Without values it always holds; with a fraction among whole numbers it never does.';
CREATE FUNCTION embedd_internal.filter_operators() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_operators() IS 'Return the operators of filters, by filter type and name, numbered by `place`. `node` is the part of a checked filter that an operator becomes, as in check_filter.sql; a `negated` part must not hold. `operand` is what the operator takes: a `value` of the type, an array of `values`, or a `boolean`, where false negates the part. `stores` are the kinds of stores that answer it.';
CREATE FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) IS 'Return the node for the checked bounds of a field, whose type is as in filter_types(). Bounds of whole numbers become whole and closed, because a store may cut off the fraction of a bound. If no 64-bit integer meets them, return a node that never holds.';
CREATE FUNCTION embedd_internal.filter_time(p_time text, p_path text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) IS 'Return a time of a filter in the one form of stored times, as 2026-03-13T10:00:00.000000Z. It is given in ISO 8601, where a time without a zone is in UTC and a date means its first moment, or relative to now(), as `now`, `now-7d` or `now+90m`, with the units s, m, h, d and w.';
CREATE FUNCTION embedd_internal.filter_types() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_types() IS 'Return the filter types of metadata columns by name, numbered by `place`. `kind` is the JSON type of stored values and of operands, which messages call `operand`; a type with an `element` holds arrays of that type, and its operands are those of the element. If the values have an order, `compares` names them in messages, `compared_as` is the SQL text that follows both sides of a comparison, and `comparable` is the SQL text that follows a stored value, as text, to ask whether it has a place in the order; without it, every value of the JSON type has. `whole` types hold 64-bit integers. `fits` lists the SQL types of the columns that a filter type is for; without it, all are. `since` is the migration that brought the type: programs that do not know it cannot read such columns. All programs know the others.';
CREATE FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) IS 'Return the operands of an `in` node of a filter, whose type is as in filter_types(): each value once, and of whole numbers none with a fraction, because no stored value equals it.';
CREATE FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) RETURNS TABLE(digest bytea, vector bytea)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) IS 'Return the cached vectors of some digests, as 4-byte floats, little-endian, and mark them as used today.';
CREATE FUNCTION embedd_internal.find_search_version(p_organization_id text, p_user_id uuid, p_environment text, p_vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.find_search_version(p_organization_id text, p_user_id uuid, p_environment text, p_vector_table text) IS 'Return the version of the generation that would answer a search of a vector table on behalf of a user, in an environment given by name or id, empty for prod; null if none can, for whatever reason, or if the answer would be partial. The rest of the transaction acts for this user.';
CREATE FUNCTION embedd_internal.find_work() RETURNS TABLE(generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.find_work() IS 'Return the generations with due jobs, by lane; lane ''range'' stands for key ranges of a first backfill. changed_at tells a worker whether its description of the table is stale. Nothing is due for a disabled organization, here and in the other functions that look for work. The planner settings, here and wherever jobs are searched, force index scans: statistics of a queue are always out of date, and an index scan costs the same whatever they say.';
CREATE FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) IS 'Record that the remote capture of dropped vector tables is gone, and forget those tables whose stores are gone too.';
CREATE FUNCTION embedd_internal.finish_connection_test(p_connection_id text, p_found jsonb, p_error text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_connection_test(p_connection_id text, p_found jsonb, p_error text) IS 'Record the result of a connection test, and return how changes over the connection are noticed. p_found is what the test found in the database: `capture_line` is true if its capture line can be used. p_found is null if the test failed, with the reason in p_error; then the kind of capture stays. Triggers of this database are possible only on the connection without a host. If the kind changes, the tables are compared at once, because the next comparison may be an hour away.';
CREATE FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) IS 'Record that the source of a vector table had p_rows rows after p_began; null if it could not be counted. If rows were added or removed meanwhile, the source is counted again, not before p_delay; while the table waits for its first backfill, not before p_rest.';
CREATE FUNCTION embedd_internal.finish_drop(p_generation_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) IS 'Forget a dropped generation whose store was removed. With the last generation also forget its vector table, unless triggers in its remote database must still be removed, and with its last table an organization that is being deleted.';
CREATE FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) IS 'End a cycle over a polled source; the next one starts after p_delay. After an error nothing was deleted. Without an error and a count only the time changes: the cycle continues, or it was interrupted.';
CREATE FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) IS 'Acknowledge a range that hold_range() locked, in the transaction that wrote its rows, after the rows were written. The arrays run in parallel, one entry per written row; rows that a live change wrote first are left out. p_later: keys for ordinary jobs, such as rows that the provider refuses. They may have changed since they were read, and only a job detects that.';
CREATE FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) IS 'Finish reading a store: forget rows that the pass did not find in it, let tokens continue above the highest one found (p_highest), and let attempts begin. Returns false if another worker is reading this store by now.';
CREATE FUNCTION embedd_internal.flat_generation(p_generation jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) IS 'Return the JSON of get_generation() with the flat keys that programs of 0.1.0 and 0.2.0 read. Keys of the embedder and the limits are null if they are not in it (generation_facts).';
CREATE FUNCTION embedd_internal.follow_clock() RETURNS interval
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.follow_clock() IS 'Return by how much the clock of the database went back since workers recorded it; zero if by less than a second. Otherwise move all times that now lie in the future back by the same amount, so that nothing waits for the clock to catch up and no lease ends early. Workers record the time each second, so the amount may be a second short. Locks rows of jobs in the order of generation and key.';
CREATE FUNCTION embedd_internal.follow_source(p_capture_id integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.follow_source(p_capture_id integer) IS 'Move a capture to the table that now has the name of its source table, which was renamed, or dropped and created again. Return true if no vector table is left on this capture.';
CREATE FUNCTION embedd_internal.forget_events(p_capture_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.forget_events(p_capture_id integer) IS 'Delete the events of a capture that no longer exists from the outbox, except those that a running ingest holds.';
CREATE FUNCTION embedd_internal.forget_organizations() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.forget_organizations() IS 'Remove what belongs to organizations that are being deleted: embedders and request counts at once, connections when no vector table needs them for its clean-up, and each organization with its last vector table. The function has its owner''s rights, because the worker that calls it may remove nothing else of an organization.';
CREATE FUNCTION embedd_internal.forget_searches() RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.forget_searches() IS 'Remove search requests that no session waits for any longer, and results that were kept long enough.';
CREATE FUNCTION embedd_internal.free_outboxes() RETURNS TABLE(connection_id text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.free_outboxes() IS 'Return connections with tables on remote triggers whose outbox no worker fetches. A worker that fetches over one connection takes the events of all connections to the same database.';
CREATE FUNCTION embedd_internal.generate_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) IS 'Write the trigger function of one capture again: after its tracked columns changed, and on upgrade. The generated function only inserts into the outbox, and it must never make a writer''s statement fail. If a column that it names is gone, or the key has a type that cannot be a key, it writes an event of kind R instead of reading the column. The body is passed as a quoted literal, so no column name can end it early. This function runs with its owner''s rights, so that all trigger functions have one owner: the role that installed embedd, or embedd_capture in place of a superuser. The generated text follows from the row in embedd.captures, never from the caller. A line break in the text would count as a change: the next capture check would write every trigger function again.';
CREATE FUNCTION embedd_internal.generation_facts(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) IS 'Return one generation without credentials and limits: its vector table, source, store, and how its vectors are made.';
CREATE FUNCTION embedd_internal.get_active_generation(vector_table text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_active_generation(vector_table text) IS 'Return the active generation of a vector table, in the form of get_generation().';
CREATE FUNCTION embedd_internal.get_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_generation(p_generation_id bigint) IS 'Return all that workers and queries need of one generation: generation_facts() with the longest text its model takes, its embedder (null: it was deleted) and its limits. Secrets are encrypted envelopes or references.';
CREATE FUNCTION embedd_internal.get_price(p_provider text, p_model text) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) IS 'Return the price of a million tokens of a model in US dollars: the price that an operator set, else the price in the catalogue; null without either.';
CREATE FUNCTION embedd_internal.get_searchable_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_searchable_generation(vector_table text) IS 'Return the generation that answers queries on a vector table, in the form of get_generation(). Model and store come from one row, so a query never mixes two models.';
CREATE FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) IS 'Return whether the acting user holds the permission <OPERATION>_<NOUN>_<SCOPE>, such as UPDATE_CONNECTION_ANY. Owners and admins hold ANY and OWN, members hold OWN, and all others hold nothing. This function is the one place that says what each role may do; authorize() says which user owns an object.';
CREATE FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) IS 'Return whether the lists of words of a store are complete, and the session may use them to search: it sees every row of the table. The parameters name the table and its lists, which need not exist.';
CREATE FUNCTION embedd_internal.highest_token() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.highest_token() IS 'Return the highest token in the ledger, across all vector tables. It is a number of attempts and reveals nothing of any row.';
CREATE FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS …;
COMMENT ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) IS 'Lock a range for the transaction that writes its rows. Returns false if another worker has the range by now or it is no longer wanted; then nothing may be written.';
CREATE FUNCTION embedd_internal.indexed_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.indexed_words() IS 'Return the expression that parses the text of a row into words. It takes only the start of the text, because parsing takes time. `{language}` is replaced.';
CREATE FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint DEFAULT 0) RETURNS TABLE(events bigint, last_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) IS 'Turn events of the outbox into jobs, one worker at a time. events is the number of keys taken: p_limit, or a few more because the last row may hold several, or fewer if there are no more. The rows leave the outbox in the same transaction, so each change is in exactly one of the two. A table that is not backfilled yet needs no jobs: its backfill reads every row later. A row whose key is null has no name and gets no job. p_from skips the ids below it, so that deleted rows are not scanned again. Transactions with lower ids may still commit, so a worker must return to them later. last_id is the last id taken, p_from - 1 if there was none, and null if another worker was ingesting.';
CREATE FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) IS 'Turn events that were fetched over a connection into jobs, as ingest() does for this database. The arrays run in parallel, one entry per key; p_line names the database of the events, to which several connections may lead. The events are deleted in the remote database only after this transaction has committed. If the deletion fails they are fetched again, which costs a read. A table that is not backfilled yet needs no jobs: its backfill reads every row later.';
CREATE FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) IS 'Insert a new embedder of any API and return its emb_ id. The caller has checked its fields and the permission. An embedder of the GoodMem API must differ from all others of its owner. One statement compares and inserts, so only one of several equal concurrent requests succeeds. The provider is not contacted.';
CREATE FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) IS 'Install the triggers on a source table; return the id of the capture. All vector tables on the same table and key share one capture, and here its tracked columns only grow. Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE. It waits for running writers, and later writers queue behind it, so limit_lock_wait() limits the wait. After a timeout all locks are released before the next try, so that writers are not blocked.';
CREATE FUNCTION embedd_internal.installation() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.installation() IS 'Return the id by which remote databases know this installation, which takes their events; null before its first worker.';
CREATE FUNCTION embedd_internal.instance_message(p_state text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.instance_message(p_state text) IS 'Return a state of the instance as a sentence; null if nothing is wrong.';
CREATE FUNCTION embedd_internal.instance_state() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.instance_state() IS 'Return whether this database still owns its stores: new (not registered yet), own, moved (the timeline changed or the sequence of tokens was set back, so the database lost state it once had), foreign (a copy), or standby.';
CREATE FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) IS 'Return whether a capture state has every trigger: on each table one row trigger or three statement triggers, and the truncate trigger.';
CREATE FUNCTION embedd_internal.is_fetched(p_connection_id text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_fetched(p_connection_id text) IS 'Return whether a worker fetches the events of the database behind a connection, over any connection to it, without an error.';
CREATE FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) IS 'Return whether a rebackfill of the generation that answers queries failed or was cancelled, and no backfill that was requested later is complete: rows or metadata of the present configuration may then be missing. A rebackfill that builds another generation does not count, because it leaves the one that answers as it was.';
CREATE FUNCTION embedd_internal.is_large(p_table regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_large(p_table regclass) IS 'Return whether a table of the ledger has so many rows that a status query must sample them instead of counting all. Uses the statistics that each commit updates; if they were lost, all rows are counted.';
CREATE FUNCTION embedd_internal.is_metered(p_vector_table_id text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) IS 'Return whether the tier of its organization limits the rows of a vector table.';
CREATE FUNCTION embedd_internal.keep_baseline(p_capture_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keep_baseline(p_capture_id integer) IS 'Store the state of a capture in the transaction that installs its triggers, so that the first capture check finds what happened to the table since. If a state is stored already, add only new columns to it: by the rest, the next capture check finds earlier changes. Do not store an incomplete state.';
CREATE FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) IS 'Store vectors for the next time the same texts are embedded.';
CREATE FUNCTION embedd_internal.keep_condition() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keep_condition() IS 'Reject any condition that read_condition() rejects, whichever role writes the row, and store the columns it names. The trigger does not execute the text; a worker reads it again before use.';
CREATE FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) IS 'Return the vector size to keep (p_dimensions) when a vector table changes its model or embedder: at a base_url of its own, or for a model that is not in the catalogue. Return null if the catalogue decides the size.';
CREATE FUNCTION embedd_internal.key_text(p_row text, p_key text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) IS 'Return an SQL expression for the key of a row as one text: the text of a single key column, or a JSON array without blanks of the texts of several columns. The text is null if a part is null. Each key has exactly one text, byte for byte as Key in embedd_pg/sources/key.py writes it.';
CREATE FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) IS 'Return a page of the known keys in some buckets of digest_keys(), in key order.';
CREATE FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint DEFAULT NULL::bigint) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) IS 'Return a page of the keys that the ledger knows, including dead letters, in key order; with p_unchecked_since only keys that no attempt has checked since that token. Those include keys of attempts that began before it: such an attempt may have read a row that is gone since, and the key of a new row has no recorded state yet.';
CREATE FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) IS 'Return status and type of the last backfill or rebackfill of a vector table; nulls if there was none. A cancelled one counts as failed if rows of the present configuration may be missing.';
CREATE FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) IS 'Record one page of what a store itself holds as the state of its rows, so that the comparison that follows knows every row in the store, including rows that the ledger never knew. Returns false if another worker is reading this store by now. The arrays run in parallel, one entry per key. A negative value in checked names the pass that found the key.';
CREATE FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision, share double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) IS 'Return keys and scores of the rows that have words of a query, in a store of this database, and the share of the words that each row has. Rows with the most and rarest words come first.';
CREATE FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) RETURNS real[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) IS 'Return the vector of a search by rows (`like` in the form of check_like()), from the vectors of a co-located store, read with the rights of the caller. A text of several passages has the mean of their directions.';
CREATE FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) IS 'Set lock_timeout for the next lock on a source table, in this transaction: 2 s for the first lock (p_held_since is null). Once a lock is held, the total wait since then stays below deadlock_timeout, so that PostgreSQL never cancels a writer to resolve a deadlock.';
CREATE FUNCTION embedd_internal.list_aliases() RETURNS TABLE(alias text, collection text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_aliases() IS 'Return the alias of each vector table in the managed store, with the collection that answers for it now. No collection has a name with this prefix. A detached copy of the database has its own aliases, as it has collections.';
CREATE FUNCTION embedd_internal.list_credentials() RETURNS TABLE(kind text, name text, organization_id text, provider text, base_url text, host text, ssl_mode text, secret_ref text, secret_removed boolean, stored boolean, bound boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_credentials() IS 'Return which embedders and connections of all organizations have credentials: stored ones, which only the service can open, references, or credentials that were removed because their address changed. Also returns the address they are sent to and whether they are bound to it, but never the credentials. For workers when they start, and for the doctor.';
CREATE FUNCTION embedd_internal.list_dropped() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_dropped() IS 'Return generations whose physical store must be removed. First drop those that another generation replaced at least a minute ago.';
CREATE FUNCTION embedd_internal.list_dropped_captures() RETURNS TABLE(connection_id text, remote_capture_id integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_dropped_captures() IS 'Return remote captures whose triggers still have to be removed, because their last vector table was dropped. Captures that another vector table needs, over the same connection or another one to the same database, are released first.';
CREATE FUNCTION embedd_internal.list_envelopes() RETURNS TABLE(kind text, id text, organization_id text, name text, envelope jsonb, form text, address jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_envelopes() IS 'Return every sealed credential of all organizations and where it belongs, for a rotation by an operator who holds the keys. address is what the envelope is bound to: for an embedder the result of embedder_address(), for a connection the fields of its address.';
CREATE FUNCTION embedd_internal.list_generations() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_generations() IS 'Return generations whose store is in use, for regular upkeep; a table has none before its first backfill.';
CREATE FUNCTION embedd_internal.list_metrics(p_tables integer) RETURNS TABLE(name text, labels jsonb, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_metrics(p_tables integer) IS 'Return what an operator''s metrics say of the database: a row for each value, with its name and labels. The vector tables of all organizations are counted by state; at most p_tables have values of their own, those with errors first.';
CREATE FUNCTION embedd_internal.list_sealed() RETURNS TABLE(kind text, id text, organization_id text, envelope jsonb, form text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_sealed() IS 'Return every sealed credential of all organizations in the form that earlier programs rotate; list_envelopes() returns more.';
CREATE FUNCTION embedd_internal.load_embedder(p_embedder text) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.load_embedder(p_embedder text) IS 'Return embedder_configuration() of an embedder by name or id, to embed or rerank with it. For the service alone, which has the key of the secrets.';
CREATE FUNCTION embedd_internal.load_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) IS 'Forward to get_generation() for programs of 0.1.0 and 0.2.0, which read flat keys.';
CREATE FUNCTION embedd_internal.lock_embedder(p_reference text) RETURNS embedd.embedders
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.lock_embedder(p_reference text) IS 'Return an embedder by name or id and lock its row until the transaction ends. No other transaction can change it meanwhile, and a vector table that is about to refer to it waits.';
CREATE FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) RETURNS tid[]
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) IS 'Lock the jobs that an attempt still holds, in the order of their keys, and return where they are, parallel to p_keys; null stands for a job with another token. The place of a locked row stays the same until the transaction changes it. Statements find the rows by their places, because no estimate of the planner can turn that into a join that reads the whole queue once for each key, as it does while a queue that has just been filled has no statistics.';
CREATE FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) RETURNS tid[]
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) IS 'Lock the recorded states of rows, in the order of their keys, and return where they are, parallel to p_keys; null stands for a row without a state. See lock_jobs().';
CREATE FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) RETURNS TABLE(key text, busy boolean, dead boolean, token bigint, checked bigint, source_hash text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) IS 'Return what the ledger knows of some keys, in one snapshot. busy: a change of the key waits or is in progress, so source and store may differ. All keys are busy while a task of the generation is pending or running, while the outbox has a truncate or a change of the table''s shape, and while the outbox is too large to search. dead: the job was set aside. token and checked belong to the recorded state and are null without one.';
CREATE FUNCTION embedd_internal.make_way() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.make_way() IS 'Let rows of a dump replace rows that the installation created, as a trigger. Restoring a database that has embedd as an extension first installs the extension with its rows and then inserts the rows of the dump. Only rows that are unchanged since the installation are replaced. In any other case the insert fails as a duplicate, as it would without this trigger.';
CREATE FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) IS 'Queue a job for each changed key. This function is the one place where keys become dirty. The arrays run in parallel and hold no pair of generation and key twice; null in p_since means now. A key that waits in the live lane stays there. A key that was set aside is retried, and retried alone if workers died with it. Locks rows of jobs in the order of generation and key, as every function does that locks several.';
CREATE FUNCTION embedd_internal.max_key_bytes() RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.max_key_bytes() IS 'Return the largest size of a key, in bytes, that always fits the index of jobs. A longer key must not stop ingest for all tables, so its table is reconciled instead: only that task fails then, and its error shows.';
CREATE FUNCTION embedd_internal.may_range(p_generation_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.may_range(p_generation_id bigint) IS 'Return whether a backfill of a generation may lease key ranges. It may where the write and its acknowledgement are one transaction (the vectors are co-located with the ledger), so that an attempt that lost its lease writes nothing, and only while the ledger knows no row, so that there is nothing to compare.';
CREATE FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) IS 'Return whether the acting role sees a row of a source table, through that table''s own row security. The policy on the co-located table of vectors calls it. The table is named in a text, so that no dependency prevents altering or dropping it. Raise, naming the table, for a role that may not read it.';
CREATE FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) RETURNS real[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) IS 'Return the vector of a search by rows (`like` in the form of check_like()): twice the mean of the positive rows less the mean of the negative ones. Each vector counts with length 1. `p_vectors` has those of the rows `p_keys`, in their order. Raise an error if a row is missing, or if nothing is left to search by. A row that is not there, one that is hidden from the caller and one without a vector are told by the same words, which so tell nothing of hidden rows.';
CREATE FUNCTION embedd_internal.merge_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.merge_words() IS 'Return the statement that merges the lines of each word that has more than $1 of them, and leaves out postings of rows that are gone. It takes the smallest lines, up to the largest that is at most twice as large as those before it together: so a posting is written again only as often as its list has doubled. Writers only add lines, so they never wait for this.';
CREATE FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) IS 'Return the keys of a range that the range need not embed: a job waits for them, or an attempt has processed them already and every change since makes a job.';
CREATE FUNCTION embedd_internal.model_limits(p_provider text, p_model text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.model_limits(p_provider text, p_model text) IS 'Return what one text and one request may hold for a model of a provider. The provider''s usual limits replace those that the catalogue does not have.';
CREATE FUNCTION embedd_internal.model_warning(p_provider text, p_model text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.model_warning(p_provider text, p_model text) IS 'Return a warning if a model is not in the catalogue, is or will be retired, or has a successor that its vendor recommends; null if there is nothing to warn of.';
CREATE FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) IS 'Return the columns that primary_key_column names: one column by its plain name, or several SQL identifiers with commas between them. If p_named is null, return those of the primary key; null if there is none.';
CREATE FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) IS 'Return keys and cosine similarities of the rows nearest to a vector in a co-located store. Use the HNSW index, or an exact scan if the index yields too few rows. If texts are cut into passages, the similarity of a row is that of its nearest passage.';
CREATE FUNCTION embedd_internal.needed_columns(p_capture_id integer) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.needed_columns(p_capture_id integer) IS 'Return the columns that the vector tables on a capture need, across all organizations; null if none is left on it.';
CREATE FUNCTION embedd_internal.needed_migration(p_columns jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.needed_migration(p_columns jsonb) IS 'Return the migration of the line control that a program must know to read columns of the configured filter types (filter_types); null if every program can.';
CREATE FUNCTION embedd_internal.needs_row_triggers(p_table regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) IS 'Return whether a table needs row triggers instead of statement triggers. Statement triggers on one table of a tree miss changes that name another table, and logical replication fires row triggers only.';
CREATE FUNCTION embedd_internal.new_embedder() RETURNS embedd.embedders
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.new_embedder() IS 'Return a new embedder of the acting user with the defaults that all APIs share. Nothing is written.';
CREATE FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) IS 'Return a new embedder of the acting user with the given fields of the GoodMem API. Nothing is written.';
CREATE FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) IS 'Record the result of a capture check for all vector tables on a capture, across all organizations: an error, or a notice that the fault was repaired, with a comparison of all rows.';
CREATE FUNCTION embedd_internal.note_change(p_operation text, p_target text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_change(p_operation text, p_target text) IS 'Record in the audit log, in the same transaction, a change that a management function made for a command or in SQL. The API itself records requests with an API key, including those it refused.';
CREATE FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) IS 'Raise model_warning() as a notice in the session, and add it to the notices of a vector table. With a base_url of its own there is no stored notice, because the catalogue is not expected to know that server''s models.';
CREATE FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) IS 'Judge the owner mark that a worker found in a store (p_found, null if there is none; p_found_token is its token), and return the next mark to write. own: this database left the mark. beat is the next mark to write, under token; it is remembered before it is written. unknown: a copy, the original of a restored backup, or a primary that was lost with its last transactions left the mark. If the mark does not change for p_watch, its writer is gone, and this database continues in its place. foreign: the mark changed meanwhile, so a copy is writing, and an operator must decide. renamed: the worker must look at the mark of uid instead.';
CREATE FUNCTION embedd_internal.note_stalls() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_stalls() IS 'Set the status of vector tables to error if work on them is due and no worker does it: for five seconds none has taken a changed row or completed an earlier one, or none has begun the comparison of a polled source. The error is cleared when a worker does the work (record_sync), or when no changed row is left (settle_errors).';
CREATE FUNCTION embedd_internal.oldest_envelope() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_envelope() IS 'Return the oldest version of envelopes that may be opened. retire_envelopes() raises it, and nothing lowers it again.';
CREATE FUNCTION embedd_internal.oldest_event() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_event() IS 'Return the time of the oldest change in the outbox; for a large outbox the oldest of a sample. Null if the outbox is empty.';
CREATE FUNCTION embedd_internal.oldest_jobs() RETURNS TABLE(lane text, dirty_since timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_jobs() IS 'Return since when the oldest job of each lane has waited, over tables that workers follow: neither dropped, nor paused, nor of a disabled organization. With many jobs it is the oldest of a sample.';
CREATE FUNCTION embedd_internal.partial_answer(p_generation_id bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) IS 'Return how far the backfill is that the answers of a generation still lack rows or metadata of, as rows_processed of rows_total (null until the rows are counted); null if the answers are complete. Answers are partial during the first backfill, and while rows or metadata columns are added to the vectors that answer. After such a rebackfill has failed or was cancelled they stay partial, with no row as processed, until a backfill is complete. They are complete while a filled table is compared once more, and while other vectors are built next to those that answer.';
CREATE FUNCTION embedd_internal.peers(p_worker text) RETURNS TABLE(worker text, looked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.peers(p_worker text) IS 'Return when each of the other workers last recorded a look for work, without those that ended in order. The time of a dead worker no longer changes. No lease is in the name that poll_work() notes for workers of earlier versions.';
CREATE FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) IS 'Return the one id that a name or id given by a user means; raise if there is none or more than one. Names are labels and may repeat (REST allows it); ids never do. Callers keep the result in a variable: in a WHERE clause this function would run once per row, and never without rows.';
CREATE FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text DEFAULT NULL::text, p_dimensions integer DEFAULT NULL::integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) IS 'Return what requests to an embedder need: load_embedder() with the model, its dimensions and limits, model_warning(), and whether the model is in the catalogue. Return null if neither p_model nor the embedder names a model.';
CREATE FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) IS 'Check the request of a search, and return how to carry it out: the `filter` in its normal form, for a store in pgvector also as an SQL `condition`, and how many rows to find (`candidates`), of which a reranker keeps `limit`. For a hybrid search also return how many rows each ranking brings (`depth`), because a row good in both is often the first in neither, and the share of the score that `meaning` decides. Equal halves found less than meaning alone among long descriptions, many of which have a word of any query (benchmarks/relevance.py). The request has the fields of the REST body, except that `query_vector` may just say whether there is one. The rows of `like` and of `without` are filtered out. Where each score depends on the others (hybrid, rerank), the rows of `without` are ranked first, and then left out (`without` of the plan). A plan is `reusable` for the same request later, unless its filter may name a time relative to now.';
CREATE FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text DEFAULT NULL::text, p_dimensions integer DEFAULT NULL::integer, p_vector_table text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text, p_dimensions integer, p_vector_table text) IS 'Return plan_embedding() for the embedder, model and size that a vector table will have: a new table, or the table p_vector_table after a change. Return null if its embedder was deleted, or if the provider''s default model applies.';
CREATE FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid DEFAULT NULL::uuid, p_provider_type text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid, p_provider_type text) IS 'Return the address that will get the credentials after these fields are applied to an embedder, or to a new embedder of the given type if p_embedder is null. The service encrypts the credentials for this address: see embedder_address(). Checks the fields as create and update do, and changes nothing.';
CREATE FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) IS 'Look for work once, in one transaction: ingest the outbox, then return the generations with due jobs, and whether tasks, polled sources, source counts, remote outboxes, search requests, dropped remote captures or dropped stores wait. This worker may be unable to serve some of them. p_arm asks writers to notify from now on. Without it, notifications are turned off once there were events, because a busy worker needs none. oldest: every transaction before it had ended before this look. newest: every transaction from it on began later. From these two the worker derives below which id of the outbox nothing is left. The commit does not wait for the disk: a crash of the server that loses it leaves the events in the outbox.';
CREATE FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) IS 'Return the call of prepare_search() that prepares a search, with the arguments that are not the defaults.';
CREATE FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text) IS 'Return all that a program needs to carry out a search: the generation that answers queries, its version, the plan of the request, and whether the answer is partial. Store, embedder, model and dimensions come from one generation, so a query never mixes two models. If the program knows this version already, null is returned instead of the generation.';
CREATE FUNCTION embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb) RETURNS TABLE(vector real[], answer jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb) IS 'Return the vector or the answer that prepare_search() got for a search of the acting organization by the role that asks; no row if it is not prepared, or no longer.';
CREATE FUNCTION embedd_internal.protect_rows() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.protect_rows() IS 'Enable row security on the tables whose rows belong to an organization, and create the missing policies, as a part of grant_rights(). embedd_admin and embedd_reader see and change the rows of the acting organization only. A worker serves all organizations, unless it acts for one. embedd_definer sees all rows, because its functions check themselves whose rows they touch. Row security is not forced: the owner, who dumps and upgrades, sees all rows. A role that is not listed sees none. To change a condition, drop its policies in a migration.';
CREATE FUNCTION embedd_internal.providers() RETURNS TABLE(provider text, needs_key boolean, needs_address boolean, any_model boolean, default_model text, shown_type text, shown_url text, max_text_tokens integer, max_items integer, max_tokens integer, max_requests integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.providers() IS 'Return the vendors. This is the only list of them in SQL; each has an adapter in embedd_pg/embedding/providers. The limits apply to models that are not in embedd.models; any_model: whether such models are allowed. needs_address: the operator runs the server. shown_type and shown_url: type and address in the GoodMem API of an embedder that was not made there.';
CREATE FUNCTION embedd_internal.prunable_token() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prunable_token() IS 'Record the position of the fence (once a minute), and return the token below which tombstones can be removed: they are older than an hour and than any attempt in progress. Return null while nothing is that old.';
CREATE FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) IS 'Remove the least recently used vectors until the rest takes at most p_bytes; return how many were removed.';
CREATE FUNCTION embedd_internal.raise_fence(p_seen bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.raise_fence(p_seen bigint) IS 'Raise the sequence of tokens above p_seen, with room for running attempts that this database does not know; never lower it. Returns the new value.';
CREATE FUNCTION embedd_internal.ranked_texts() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.ranked_texts() IS 'Return the statement that ranks the rows of a store as ranked_words() does, from the texts that the session sees: while there are no lists of words yet, and under row security, where ranks must not tell of hidden rows. It parses every text. Names and parameters are those of ranked_words(), and `{parsed}` is indexed_words().';
CREATE FUNCTION embedd_internal.ranked_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.ranked_words() IS 'Return the statement that ranks the rows of a store by the words of a query, with the lists that add_words() keeps. The score is BM25 (Robertson and Zaragoza, 2009, section 3.3) with k1 = 1.2 and b = 0.75: the sum over the words of ln(1 + (rows - n + 0.5) / (n + 0.5)) * times * 2.2 / (times + 0.3 + 0.9 * length / mean length) where n of the rows have the word. `share` is the share of the query''s words that a row has. The lists of the rarest words are added up first. The best rows by these, with their other words looked up, set a bound: as many rows as requested reach it. More lists are added up until the rest of them together gives less than the bound. Rows that were not found by then cannot be among the best. The rest of the lists is looked up for the rows found, list by list, and rows that can no longer reach the bound are dropped, so the result is exact. A list is read from TOAST each time, because a materialized copy of long lists costs more. `{table}`, `{words}`, `{texts}`, `{language}` and `{condition}` are replaced. The parameters are the query and how many rows to return. The service runs the same text on stores in other databases.';
CREATE FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) IS 'Check the text of a condition token by token before any part of it is parsed or planned, because planning already runs functions with constant arguments. Columns, constants and the words of condition_vocabulary() pass; everything else raises. Nothing is executed. A text that passes is an expression of built-in, immutable functions, operators and types, or it is no expression at all: schema names, comments, statement ends and subqueries do not pass. Functions are looked up in the catalogue. Casts to a type with a schema are allowed for enums only, whose input and comparison functions are built in. Returns the columns that the condition names (columns), and those used in more than an IS NULL test (compared).';
CREATE FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) IS 'Return what distinguishes this database from a copy of it, as far as the current role may see it: the server''s system identifier (a physical copy keeps it), its timeline (a promoted standby and a restored backup increase it), and the ids of the database and of one of its tables (a restored dump and a database made from a template have others). Values that a host hides are null, and null is not compared.';
CREATE FUNCTION embedd_internal.read_sizes(p_sizes text) RETURNS int4multirange
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_sizes(p_sizes text) IS 'Parse vector sizes: numbers and spans with blanks or commas between them, as in ''256 512 1024'' or ''128-3072''.';
CREATE FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) IS 'Add an entry to the audit log. There is no other way, because only the owner has rights on the table. The caller gives the operation and its result, but not the time and the role that logged in. A request has an id, a command sets embedd.door to cli for its session, and everything else is SQL.';
CREATE FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) IS 'Forward to finish_connection_test() for programs of 0.1.0 and 0.2.0, which name the kind of capture themselves.';
CREATE FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) IS 'Add the usage of an embedder without a vector table. Nothing is recorded if the embedder no longer exists.';
CREATE FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) IS 'Record that a worker ends in order. p_released: it gave back all leases of jobs. Its peers then need not look for leases that it left, which reads embedd.jobs completely. The other tables with leases are small.';
CREATE FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer DEFAULT NULL::integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer) IS 'Record that a worker looks for work (p_error is null), or why it cannot, and forget workers that ended a day ago, or whose next run was due a day ago. p_knows is the newest migration of the line control that the worker''s program knows; workers of earlier versions do not say it. First move due times if the clock went back. The record need not survive a crash, so it does not wait for the disk.';
CREATE FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) IS 'Record the result of installing a capture in the database of a table''s connection: the id of the remote capture, or the reason why there is none. A new reason becomes a notice once, and the table is polled.';
CREATE FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) IS 'Add the usage of an embedder that reranked for the vector table of a generation. Nothing is recorded if either no longer exists.';
CREATE FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) IS 'Note that a worker ends when no work is left, and that another run begins within p_every after its last look. Until then its absence is no standstill (embedd.standstill). The note can be repeated.';
CREATE FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint DEFAULT NULL::bigint, p_of_work boolean DEFAULT false) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) IS 'Record that the sync of a table succeeded (p_error is null) or met an error that stops it, and set the status to error or back. A first backfill counts as synced only when it is complete, which complete_task() decides. A table whose last backfill failed stays in error until another one completes, because rows may be missing; likewise after a rebackfill of the vectors that answer was cancelled. A table on remote triggers is in error as long as its events cannot be fetched. Any other error there may have interrupted a comparison: the next one, which comes soon, clears the error (p_source_rows is given). p_of_work: the error came from jobs or ranges, and it is over when none is left (settle_errors).';
CREATE FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) IS 'Add the usage of a generation''s embedder. Nothing is recorded if either no longer exists.';
CREATE FUNCTION embedd_internal.refill_generation(p_generation_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) IS 'Prepare to write all rows of a generation again, because its physical store was lost and has been created empty. Return how many rows are lost; 0 for a store that nothing was written to. Forget the recorded states. Attempts in progress may have written to the old store: their jobs get another token, so that what they acknowledge does not count and the next claim asks the store. A backfill writes the rows; one in progress starts again. Queries must wait until it is complete.';
CREATE FUNCTION embedd_internal.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_audit_change() IS 'Refuse, as a trigger, to change or remove entries of the audit log. This also stops mistakes of the schema''s owner or a superuser.';
CREATE FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text) IS 'Raise the error for a condition that is not allowed.';
CREATE FUNCTION embedd_internal.refuse_foreign_capture() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_foreign_capture() IS 'Refuse, as a trigger on embedd.captures, to add a table or a column unless the current role owns the source table or is a member of its owner. The generated trigger runs with the rights of whichever role writes the row, and generate_capture(), which has other rights, writes exactly what the row in embedd.captures says. Columns may be removed by every role.';
CREATE FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) IS 'Raise EBV01 for an operator that a filter on a column of this filter type may not use in a store of this kind.';
CREATE FUNCTION embedd_internal.refuse_transaction_block(p_message text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_transaction_block(p_message text) IS 'Raise if a procedure was called where it cannot commit, given the message of its attempt to commit in an exception block. PostgreSQL refuses that attempt everywhere, and says inside a transaction block what it says of any commit in a function, as here.';
CREATE FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[] DEFAULT NULL::bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) IS 'Give leased jobs back for a later try. p_burn: the row itself caused the failure, so it counts against the row, and at p_max_attempts the job is set aside as dead. Failures of a provider, a store or a source never count, nor does the failure of a row that changed since it was read. The worker survived these jobs, so their crashes are reset. p_wants is each job''s want at its claim, parallel to p_keys.';
CREATE FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) IS 'Give a range back for a later try.';
CREATE FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) IS 'Stop fetching a remote outbox; another worker may start after p_delay. With an error all tables on it show the error, and they are polled until events can be fetched again.';
CREATE FUNCTION embedd_internal.release_searches(p_worker text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_searches(p_worker text) IS 'Give back the search requests of a worker that stops, so that another one answers them at once.';
CREATE FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) IS 'Give a task back to continue later. p_burn: the error counts as an attempt, and after the last attempt the task has failed; an outage does not count. The table shows the error in both cases. A failed rebackfill leaves the configuration in place that still answers queries.';
CREATE FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) IS 'Return how many tokens the embedder of a generation has left for documents this month, at least 0; null means unlimited.';
CREATE FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) IS 'Return how many more rows a generation may hold within its organization''s tier, at least 0; null means unlimited. The other managed tables count with the generation that answers queries; a generation being built counts instead of the one it replaces.';
CREATE FUNCTION embedd_internal.remove_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) IS 'Stop capturing a table: drop the triggers on all tables of the tree, the trigger function and the row in embedd.captures. A second call changes nothing. Events in the outbox stay; a caller with rights on the outbox deletes them. Locks: DROP TRIGGER takes ACCESS EXCLUSIVE, behind which even readers queue, so the wait is limited as in install_capture().';
CREATE FUNCTION embedd_internal.remove_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remove_words() IS 'Return the statement that removes rows from the words of a store: their numbers, and for each of their words a line that takes them from its count. Their postings stay, without a row that has their number, until merge_words(). `{rows}` has the columns pk_value and embedded_text, as they were added; `{parsed}` is indexed_words().';
CREATE FUNCTION embedd_internal.repair_capture(p_capture_id integer) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) IS 'Bring the trigger function and the triggers of a capture to the state that a new installation would create, and drop triggers from tables that left the tree. Returns null, or the reason why that was not possible; then nothing was changed. limit_lock_wait() limits the waits for locks.';
CREATE FUNCTION embedd_internal.replace_generation(p_vector_table_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.replace_generation(p_vector_table_id text) IS 'Create a new generation next to the active one, or in its place if the table was never filled. A generation that is being built for the previous configuration is given up.';
CREATE FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea DEFAULT NULL::bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) IS 'Replace a sealed credential by the newly sealed one; return false if the old one is no longer stored.';
CREATE FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) IS 'Start the task that fills the generation being built, or brings the active generation up to its new columns.';
CREATE FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) IS 'Request that every present and every known key of a vector table be checked again. A running reconcile starts over, because it may have passed rows that changed unnoticed since.';
CREATE FUNCTION embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval) IS 'Ask the workers for what a search needs, on behalf of prepare_search(): the request is checked as over REST, counted against the organization''s requests per minute, and noted; the commit wakes the workers. Return what await_search() takes, null if nothing is needed or the vector is there. The text of a request is embedded once while it is kept. An answer is asked for anew, because rows change; sessions that ask before a worker has begun share it. The function has its owner''s rights, because only functions reach the requests.';
CREATE FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) IS 'Start the sweep of the vector table that has waited longest for one, if any is due: each is compared once per p_interval (0: never). Only one sweep runs at a time, so that sweeps spread over the day and take a small share of the work. A table with another task waits, and a table that could not be compared is not retried at once. Returns the id of the task, or null.';
CREATE FUNCTION embedd_internal.require_instance() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.require_instance() IS 'Raise unless this database owns its stores and nothing has to be done first. Every function that leads to a write calls this one first, in its own transaction, because a connection may lead to another server at any time. A session stays with its server, so its result is reused while the stored identity is the same (30 µs instead of 300).';
CREATE FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) IS 'Raise unless the acting user may perform the operation on an object that p_owner owns. An object of the acting user needs OWN; an object of another user or of no user (null) needs ANY.';
CREATE FUNCTION embedd_internal.resolve_connection(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_connection(p_reference text) IS 'Return the id of the connection with this name or id.';
CREATE FUNCTION embedd_internal.resolve_embedder(p_reference text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_embedder(p_reference text) IS 'Return the id of an embedder by its emb_ id, UUID or name. An id comes before an equal name.';
CREATE FUNCTION embedd_internal.resolve_environment(p_environment text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_environment(p_environment text) IS 'Return the id of an environment of the acting organization, given by name or id.';
CREATE FUNCTION embedd_internal.resolve_organization(p_organization text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_organization(p_organization text) IS 'Return the id of an organization, given by name or id. The operator manages organizations, so callers in SQL see all of them.';
CREATE FUNCTION embedd_internal.resolve_tenant(p_organization text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_tenant(p_organization text) IS 'Return the id of an organization that may be disabled or deleted. Raises for the self-hosted organization, with which every deployment begins.';
CREATE FUNCTION embedd_internal.resolve_user(p_user text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_user(p_user text) IS 'Return the id of a user of the acting organization, given by name or id.';
CREATE FUNCTION embedd_internal.resolve_vector_table(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) IS 'Return the id of a vector table by name or id.';
CREATE FUNCTION embedd_internal.restart_ledger(p_message text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.restart_ledger(p_message text) IS 'Prepare the ledger for stores that may hold more than it knows, or something else. Tokens continue far above every known token, out of reach of attempts that other workers began earlier. Each store is read before jobs are claimed for it, the recorded state of a row is verified against the store, and all rows are compared.';
CREATE FUNCTION embedd_internal.resting_reason() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resting_reason() IS 'Return why no worker follows the vector tables of the acting organization; null if workers do. Otherwise the tables are shown as paused, whatever their stored status. The view embedd.status shows the same for all organizations.';
CREATE FUNCTION embedd_internal.retire_envelopes() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.retire_envelopes() IS 'Stop accepting envelopes that are not bound to an address, once none is left; return whether that is done.';
CREATE TABLE embedd.tasks (
    id text DEFAULT ('task_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    task_type text NOT NULL,
    target_id text NOT NULL,
    generation_id bigint NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    phase text DEFAULT 'source'::text NOT NULL,
    priority integer DEFAULT 3 NOT NULL,
    start_token bigint,
    last_processed_pk text,
    rows_processed bigint DEFAULT 0 NOT NULL,
    rows_total bigint,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 3 NOT NULL,
    last_error text,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    worker text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    ranged boolean,
    phase_since timestamp with time zone,
    CONSTRAINT tasks_phase_check CHECK ((phase = ANY (ARRAY['source'::text, 'settle'::text, 'known'::text, 'store'::text, 'finish'::text]))),
    CONSTRAINT tasks_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT tasks_task_type_check CHECK ((task_type = ANY (ARRAY['backfill'::text, 'rebackfill'::text, 'reconcile'::text, 'verify'::text])))
);
COMMENT ON TABLE embedd.tasks IS 'Long work users see. Phases: source = queue every key of the source table; settle = wait for those jobs; known = queue known keys the attempts since have not met (deleted rows); finish = wait, then done. A verification has source = compare every row with the store; store = look for points without a row; settle; finish.';
COMMENT ON COLUMN embedd.tasks.id IS 'task_ and 32 hexadecimal digits.';
COMMENT ON COLUMN embedd.tasks.organization_id IS 'The organization of the task.';
COMMENT ON COLUMN embedd.tasks.task_type IS 'backfill, rebackfill, reconcile or verify.';
COMMENT ON COLUMN embedd.tasks.target_id IS 'The vector table of the task.';
COMMENT ON COLUMN embedd.tasks.generation_id IS 'The store that the task fills or compares.';
COMMENT ON COLUMN embedd.tasks.status IS 'pending, running, completed, failed or cancelled.';
COMMENT ON COLUMN embedd.tasks.phase IS 'The current step: see the comment of the table.';
COMMENT ON COLUMN embedd.tasks.priority IS 'Tasks with lower numbers run first.';
COMMENT ON COLUMN embedd.tasks.start_token IS 'The token at the start; attempts with lower tokens began before the task.';
COMMENT ON COLUMN embedd.tasks.last_processed_pk IS 'The key after which any worker continues.';
COMMENT ON COLUMN embedd.tasks.rows_processed IS 'Rows queued or compared so far.';
COMMENT ON COLUMN embedd.tasks.rows_total IS 'Rows of the source when the task began; null: not counted.';
COMMENT ON COLUMN embedd.tasks.attempts IS 'How often the task failed because of its source.';
COMMENT ON COLUMN embedd.tasks.max_attempts IS 'The number of attempts after which the task is failed.';
COMMENT ON COLUMN embedd.tasks.last_error IS 'Why the task last failed.';
COMMENT ON COLUMN embedd.tasks.run_at IS 'The earliest time of the next attempt.';
COMMENT ON COLUMN embedd.tasks.leased_until IS 'When the lease of the worker ends; null: there is no lease.';
COMMENT ON COLUMN embedd.tasks.worker IS 'The worker that has the task, or had it last.';
COMMENT ON COLUMN embedd.tasks.created_at IS 'When the task was requested.';
COMMENT ON COLUMN embedd.tasks.started_at IS 'When a worker first claimed the task.';
COMMENT ON COLUMN embedd.tasks.finished_at IS 'When the task ended.';
COMMENT ON COLUMN embedd.tasks.ranged IS 'Whether it may fill by ranges; decided when it first starts.';
COMMENT ON COLUMN embedd.tasks.phase_since IS 'When the current phase began.';
CREATE FUNCTION embedd_internal.rows_done(p_task embedd.tasks) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) IS 'Return how many rows of a task are done: the rows queued so far minus those that still wait. rows_processed of a verification counts compared rows, which are done; in other tasks it counts queued rows.';
CREATE FUNCTION embedd_internal.sample_share(p_table regclass) RETURNS real
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.sample_share(p_table regclass) IS 'Return the percentage of a table''s pages to read for a sample: a thousand pages, or all if there are fewer.';
CREATE FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) IS 'Write a changed embedder; the caller holds the lock on its row. Fields that vectors depend on cannot change while the embedder is in use, unless p_allow_in_use is true. Another address removes the credentials, because they were given for the old one, unless they came with the change (p_secret_sent). An embedder of the GoodMem API must still differ from all others of its owner.';
CREATE FUNCTION embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) IS 'Return the key of a search request: what is needed of which vectors, for which organization and role. Requests with the same key share an answer, and nobody else finds it.';
CREATE FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) IS 'Return what a search in SQL needs of a worker or of the service, null if nothing: the `vector` of a text, if only that is missing to search in this database, or the `answer` to a whole request, if the vectors are not in this database or a reranker orders the rows. The caller may give a vector (`query_vector`), and the rows that `like` names have theirs.';
CREATE FUNCTION embedd_internal.searchable_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.searchable_generation(vector_table text) IS 'Forward to prepare_search() for programs of 0.1.0 and 0.2.0, which read flat keys.';
CREATE FUNCTION embedd_internal.seed_models() RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.seed_models() IS 'Write the shipped models to embedd.models. Each installation and upgrade calls it. Models that operators added stay unchanged, even with the name of a shipped one.';
CREATE FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) IS 'Make an organization active or disabled, record the change and wake the workers. Raises for an organization that is being deleted.';
CREATE FUNCTION embedd_internal.settle_errors() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.settle_errors() IS 'Clear errors of jobs and ranges of which none is left: another worker finished the rest before the error was recorded, or the worker that finished it died before it recorded its success. A table that equals its source must not show an error until its next change.';
CREATE FUNCTION embedd_internal.shipped_models() RETURNS TABLE(provider text, model text, kind text, dimensions integer, sizes int4multirange, size_fixed boolean, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, retired_on date, successor text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.shipped_models() IS 'Return the models this version ships with; seed_models() writes them to embedd.models. size_fixed marks models of Embedd''s guide, which at their vendor are used only in their default size. The sources are pages of the vendors'' documentation, named below; a value is null if no such page or price list confirmed it. A successor without retired_on: the vendor calls the model an older one.';
CREATE FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) IS 'Return vector sizes as a text for users: "256, 512, 1024" or "128 to 3072".';
CREATE FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_local boolean, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_local boolean, OUT condition text, OUT columns text[]) IS 'Return the checked condition of a vector table and the columns it names. p_source has it if Python read it over the connection; a table of this database is checked here. A blank condition is no condition.';
CREATE FUNCTION embedd_internal.standstill_reason() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.standstill_reason() IS 'Return the reason of the view embedd.standstill why no worker looks for work; null if one does. GET /health/ready answers with it.';
CREATE FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) IS 'Create a task that verifies the generation which answers queries. Sweeps have the lowest priority.';
CREATE FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) IS 'Store the condition of a vector table as a worker has read and printed it, and clear an error of the previous one. A condition that changed meanwhile stays.';
CREATE FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) IS 'Queue keys whose point in the store differs from the recorded state. Queuing them alone would change nothing, because the row is the same as when it was last written. The job is therefore left in the state of an attempt that died in the middle of its work: with a newly drawn token under which nothing was acknowledged. The worker that claims the job reads what the store holds and writes under a token higher than any before. Text that the store holds already is not embedded again. Concurrent attempts are not disturbed. A running attempt keeps its token and its lease, and its acknowledgement leaves the job, because want was increased. Either that attempt read the row and wrote it after the difference was seen, or it left the job with a token that differs from the state''s, which has the same effect. An attempt that lost its lease acknowledges nothing. A dead letter stays one until its row changes.';
CREATE FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) IS 'Take one request of p_tokens tokens out of the embedder''s buckets. If they hold too little, take nothing and return the seconds to wait; otherwise return 0. A bucket holds the allowance of ten seconds and is filled steadily. A tenth of it is reserved for queries, which never wait: they may take a bucket below zero, and documents wait until it is refilled. A request larger than a bucket proceeds when the bucket is full.';
CREATE FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone DEFAULT clock_timestamp()) RETURNS TABLE(admitted boolean, remaining integer, reset_at bigint, wait_seconds integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) IS 'Count one request of an organization and return whether it is within p_limit per minute. The window slides over two one-minute buckets: requests of the previous minute count in proportion to the part of that minute that is less than a minute ago. Refused requests are not counted, so that a client that keeps trying is served again in time. There is one statement, and the lock on its row puts the requests of all API processes in order. A clock in the minute before the row''s is treated as the start of that minute; a clock that is further behind was set back, and counting starts anew. The tolerance of 1e-6 admits a request that waited exactly as long as it was told.';
CREATE FUNCTION embedd_internal.task_lane(p_task_type text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.task_lane(p_task_type text) IS 'Return the lane in which a task of this type queues its keys.';
CREATE FUNCTION embedd_internal.text_signature(p_columns json) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.text_signature(p_columns json) IS 'Return what decides the text of a row: the embedded columns in their order, with their prefixes. Two configurations with the same signature need no new vectors.';
CREATE FUNCTION embedd_internal.unread_conditions() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.unread_conditions() IS 'Return the generations of vector tables whose current condition no worker has read yet.';
CREATE FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb DEFAULT NULL::jsonb, p_fingerprint bytea DEFAULT NULL::bytea, p_address text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea, p_address text) IS 'Change the given fields of an embedder of the GoodMem API, all or none. Check first the fields, then that the embedder exists, then the permission, then its use and its duplicates. The row is locked, so a vector table that is about to use the embedder waits. p_address: the address for which the credentials were encrypted (planned_address).';
CREATE FUNCTION embedd_internal.use_embedder(p_embedder uuid) RETURNS embedd.embedders
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.use_embedder(p_embedder uuid) IS 'Return an embedder of the acting organization without its credentials, and lock it against deletion, so that a vector table can refer to it.';
CREATE FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[] DEFAULT '{}'::text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) IS 'Install triggers on a table of this database, after checking that the current role may create them, and store the state that capture checks compare with. Return the id of the capture.';
CREATE TABLE embedd.connections (
    id text DEFAULT ('conn_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    environment_id text NOT NULL,
    name text NOT NULL,
    provider text DEFAULT 'postgresql'::text NOT NULL,
    mode text,
    status text DEFAULT 'created'::text NOT NULL,
    host text,
    port integer,
    database text,
    username text,
    password jsonb,
    ssl_mode text DEFAULT 'prefer'::text NOT NULL,
    capture text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_tested_at timestamp with time zone,
    last_error text,
    authentication text DEFAULT 'scram-sha-256'::text NOT NULL,
    CONSTRAINT connections_authentication_check CHECK ((authentication = ANY (ARRAY['scram-sha-256'::text, 'any'::text]))),
    CONSTRAINT connections_capture_check CHECK ((capture = ANY (ARRAY['trigger'::text, 'remote_trigger'::text, 'poll'::text]))),
    CONSTRAINT connections_local_check CHECK (((host IS NULL) OR (capture IS DISTINCT FROM 'trigger'::text))),
    CONSTRAINT connections_mode_check CHECK ((mode = ANY (ARRAY['managed'::text, 'platform'::text]))),
    CONSTRAINT connections_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT connections_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT connections_provider_check CHECK ((provider = 'postgresql'::text)),
    CONSTRAINT connections_ssl_mode_check CHECK ((ssl_mode = ANY (ARRAY['disable'::text, 'allow'::text, 'prefer'::text, 'require'::text, 'verify-ca'::text, 'verify-full'::text]))),
    CONSTRAINT connections_status_check CHECK ((status = ANY (ARRAY['created'::text, 'connected'::text, 'failed'::text])))
);
COMMENT ON TABLE embedd.connections IS 'How to reach source databases; conn_local is the database embedd is installed in.';
COMMENT ON COLUMN embedd.connections.id IS 'conn_ and 32 hexadecimal digits, or conn_local.';
COMMENT ON COLUMN embedd.connections.organization_id IS 'The organization of the connection.';
COMMENT ON COLUMN embedd.connections.environment_id IS 'The environment of the connection.';
COMMENT ON COLUMN embedd.connections.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.connections.provider IS 'The kind of database.';
COMMENT ON COLUMN embedd.connections.mode IS 'null: vector tables of either mode.';
COMMENT ON COLUMN embedd.connections.status IS 'created until the first test, then connected or failed.';
COMMENT ON COLUMN embedd.connections.host IS 'null: the database embedd is installed in, reached the way embedd itself is.';
COMMENT ON COLUMN embedd.connections.port IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.database IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.username IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.password IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.connections.ssl_mode IS 'As sslmode in a connection string.';
COMMENT ON COLUMN embedd.connections.capture IS 'How changes are noticed; set by the connection test.';
COMMENT ON COLUMN embedd.connections.created_by IS 'The user who created the connection.';
COMMENT ON COLUMN embedd.connections.created_at IS 'When the connection was created.';
COMMENT ON COLUMN embedd.connections.last_tested_at IS 'When the connection was last tested.';
COMMENT ON COLUMN embedd.connections.last_error IS 'Why the last test failed; null: it succeeded.';
COMMENT ON COLUMN embedd.connections.authentication IS 'How the server may ask for the stored password: scram-sha-256 proves nothing to a false server; any but in clear, for what was there before.';
CREATE TABLE embedd.environments (
    id text DEFAULT ('env_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT environments_name_check CHECK ((name ~ '^[a-z0-9_-]{1,50}$'::text))
);
COMMENT ON TABLE embedd.environments IS 'Environments of an organization, such as dev, staging and prod. Objects of one do not exist in another.';
COMMENT ON COLUMN embedd.environments.id IS 'env_ and 32 hexadecimal digits.';
COMMENT ON COLUMN embedd.environments.organization_id IS 'The organization of the environment.';
COMMENT ON COLUMN embedd.environments.name IS 'Unique in its organization; prod is the default.';
COMMENT ON COLUMN embedd.environments.created_at IS 'When the environment was created.';
CREATE TABLE embedd.generations (
    id bigint NOT NULL,
    vector_table_id text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    store text NOT NULL,
    store_schema text,
    store_table text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    embedder_id uuid,
    provider text NOT NULL,
    base_url text,
    embedding_model text NOT NULL,
    embedding_dimensions integer NOT NULL,
    columns json NOT NULL,
    retired_at timestamp with time zone,
    refilling boolean DEFAULT false NOT NULL,
    suspect_before bigint DEFAULT 0 NOT NULL,
    chunking jsonb DEFAULT '{"strategy": "none"}'::jsonb NOT NULL,
    store_settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT generations_state_check CHECK ((state = ANY (ARRAY['building'::text, 'active'::text, 'draining'::text, 'dropped'::text]))),
    CONSTRAINT generations_store_check CHECK ((store = ANY (ARRAY['qdrant'::text, 'pgvector'::text])))
);
COMMENT ON TABLE embedd.generations IS 'Physical stores of a vector table, one per configuration: one answers queries while another may be built.';
COMMENT ON COLUMN embedd.generations.id IS 'Number of the store, in the order of creation.';
COMMENT ON COLUMN embedd.generations.vector_table_id IS 'The vector table of the store.';
COMMENT ON COLUMN embedd.generations.state IS 'building, active, draining (just replaced) or dropped (to be removed).';
COMMENT ON COLUMN embedd.generations.store IS 'qdrant or pgvector.';
COMMENT ON COLUMN embedd.generations.store_schema IS 'The schema of a pgvector table.';
COMMENT ON COLUMN embedd.generations.store_table IS 'The name of the collection or table.';
COMMENT ON COLUMN embedd.generations.created_at IS 'When the store was created.';
COMMENT ON COLUMN embedd.generations.embedder_id IS 'The embedder of its texts; null: the embedder was deleted.';
COMMENT ON COLUMN embedd.generations.provider IS 'The vendor of its vectors, copied from the embedder.';
COMMENT ON COLUMN embedd.generations.base_url IS 'The address of the vendor, copied from the embedder.';
COMMENT ON COLUMN embedd.generations.embedding_model IS 'The model of its vectors.';
COMMENT ON COLUMN embedd.generations.embedding_dimensions IS 'The size of its vectors.';
COMMENT ON COLUMN embedd.generations.columns IS 'The columns from which its texts and metadata are made.';
COMMENT ON COLUMN embedd.generations.retired_at IS 'When another one took over; it is kept for a moment, for queries under way.';
COMMENT ON COLUMN embedd.generations.refilling IS 'Its store was lost; queries wait until a backfill has filled it again.';
COMMENT ON COLUMN embedd.generations.suspect_before IS 'Beliefs older than this token are from before a failover or restore: the store is asked, and written under a new token.';
COMMENT ON COLUMN embedd.generations.chunking IS 'How its texts are cut into passages.';
COMMENT ON COLUMN embedd.generations.store_settings IS 'The layout of its collection.';
CREATE TABLE embedd.jobs (
    generation_id bigint NOT NULL,
    key text NOT NULL,
    want bigint DEFAULT 1 NOT NULL,
    token bigint DEFAULT 0 NOT NULL,
    lane text NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    leased_until timestamp with time zone,
    worker text,
    attempts integer DEFAULT 0 NOT NULL,
    crashes integer DEFAULT 0 NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    dirty_since timestamp with time zone DEFAULT now() NOT NULL,
    error_class text,
    error text,
    source_hash text,
    CONSTRAINT jobs_lane_check CHECK ((lane = ANY (ARRAY['live'::text, 'backfill'::text, 'verify'::text]))),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'dead'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');
COMMENT ON TABLE embedd.jobs IS 'One row per dirty key; want counts the changes that asked for it, token is the last attempt''s.';
COMMENT ON COLUMN embedd.jobs.generation_id IS 'The store to be brought up to date.';
COMMENT ON COLUMN embedd.jobs.key IS 'The key of the dirty row.';
COMMENT ON COLUMN embedd.jobs.want IS 'How often the key has become dirty; a job is deleted only if this did not change since its claim.';
COMMENT ON COLUMN embedd.jobs.token IS 'The token of the last attempt.';
COMMENT ON COLUMN embedd.jobs.lane IS 'live: changes; backfill and verify: long work. Workers serve all lanes in turn.';
COMMENT ON COLUMN embedd.jobs.state IS 'queued, or dead: set aside, with the reason in error.';
COMMENT ON COLUMN embedd.jobs.leased_until IS 'When the lease of the worker ends; null: there is no lease.';
COMMENT ON COLUMN embedd.jobs.worker IS 'The worker that has the job, or had it last.';
COMMENT ON COLUMN embedd.jobs.attempts IS 'How often the job failed because of its row.';
COMMENT ON COLUMN embedd.jobs.crashes IS 'How many workers ended while they had the job.';
COMMENT ON COLUMN embedd.jobs.run_at IS 'The earliest time of the next attempt.';
COMMENT ON COLUMN embedd.jobs.dirty_since IS 'Since when the store may be out of date.';
COMMENT ON COLUMN embedd.jobs.error_class IS 'The kind of the last failure.';
COMMENT ON COLUMN embedd.jobs.error IS 'The message of the last failure; never the text of a row.';
COMMENT ON COLUMN embedd.jobs.source_hash IS 'Row hash of a polled source for which the job was made; a dead one waits for another.';
CREATE TABLE embedd.notices (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    vector_table_id text,
    message text NOT NULL
);
COMMENT ON TABLE embedd.notices IS 'What was noticed and mended without anybody asking; null vector table: of the whole database.';
COMMENT ON COLUMN embedd.notices.id IS 'Number of the notice, in the order of writing.';
COMMENT ON COLUMN embedd.notices.at IS 'When the notice was written.';
COMMENT ON COLUMN embedd.notices.vector_table_id IS 'The vector table of the notice; null: the notice is about the whole database.';
COMMENT ON COLUMN embedd.notices.message IS 'A sentence for people.';
CREATE TABLE embedd.organizations (
    id text DEFAULT ('org_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    tier text DEFAULT 'free'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT organizations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text, 'deleting'::text]))),
    CONSTRAINT organizations_tier_check CHECK ((tier = ANY (ARRAY['free'::text, 'pro'::text, 'business'::text, 'enterprise'::text])))
);
COMMENT ON TABLE embedd.organizations IS 'Tenants. A deployment for one tenant has one, org_self_hosted.';
COMMENT ON COLUMN embedd.organizations.id IS 'org_ and 32 hexadecimal digits; org_self_hosted exists from the start.';
COMMENT ON COLUMN embedd.organizations.name IS 'Unique in this database.';
COMMENT ON COLUMN embedd.organizations.status IS 'disabled: keys are refused, sync is suspended. deleting: until a worker has removed its vectors.';
COMMENT ON COLUMN embedd.organizations.tier IS 'The tier, which sets quotas and rates: embedd.tier_limits().';
COMMENT ON COLUMN embedd.organizations.created_at IS 'When the organization was created.';
CREATE TABLE embedd.ranges (
    id bigint NOT NULL,
    generation_id bigint NOT NULL,
    task_id text NOT NULL,
    after_key text,
    last_key text NOT NULL,
    token bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    worker text,
    crashes integer DEFAULT 0 NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    error_class text,
    error text
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');
COMMENT ON TABLE embedd.ranges IS 'Key ranges a first backfill has still to fill: above after_key (null: from the start) up to last_key, in the order of the key.';
COMMENT ON COLUMN embedd.ranges.id IS 'Number of the range, in the order of keys.';
COMMENT ON COLUMN embedd.ranges.generation_id IS 'The store to be filled.';
COMMENT ON COLUMN embedd.ranges.task_id IS 'The backfill that the range belongs to.';
COMMENT ON COLUMN embedd.ranges.after_key IS 'The exclusive start; null: the range begins with the first key.';
COMMENT ON COLUMN embedd.ranges.last_key IS 'The inclusive end.';
COMMENT ON COLUMN embedd.ranges.token IS 'The token of the last attempt.';
COMMENT ON COLUMN embedd.ranges.leased_until IS 'When the lease of the worker ends; null: there is no lease.';
COMMENT ON COLUMN embedd.ranges.worker IS 'The worker that has the range, or had it last.';
COMMENT ON COLUMN embedd.ranges.crashes IS 'How many workers ended while they had the range.';
COMMENT ON COLUMN embedd.ranges.run_at IS 'The earliest time of the next attempt.';
COMMENT ON COLUMN embedd.ranges.error_class IS 'The kind of the last failure.';
COMMENT ON COLUMN embedd.ranges.error IS 'The message of the last failure; never the text of a row.';
CREATE TABLE embedd.remote_outboxes (
    connection_id text NOT NULL,
    line uuid NOT NULL,
    worker text,
    leased_until timestamp with time zone,
    error text
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.remote_outboxes IS 'Connections over which events are fetched, by one worker at a time.';
COMMENT ON COLUMN embedd.remote_outboxes.connection_id IS 'The connection to the remote database.';
COMMENT ON COLUMN embedd.remote_outboxes.line IS 'Of the database it leads to, as that calls itself: several connections may lead to one.';
COMMENT ON COLUMN embedd.remote_outboxes.worker IS 'The worker that fetches the events; null: none does.';
COMMENT ON COLUMN embedd.remote_outboxes.leased_until IS 'When the lease of the worker ends, or when fetching may be retried; null: at once.';
COMMENT ON COLUMN embedd.remote_outboxes.error IS 'Why they cannot be at the moment; then the tables are compared as if they had no triggers.';
CREATE TABLE embedd.vector_tables (
    id text DEFAULT ('vt_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    environment_id text NOT NULL,
    name text NOT NULL,
    connection_id text NOT NULL,
    embedder_id uuid,
    source_table text NOT NULL,
    source_schema text NOT NULL,
    source_name text NOT NULL,
    primary_key_column text NOT NULL,
    key_types text[] CONSTRAINT vector_tables_primary_key_type_not_null NOT NULL,
    mode text NOT NULL,
    sync_mode text NOT NULL,
    embedding_model text NOT NULL,
    embedding_dimensions integer NOT NULL,
    columns json NOT NULL,
    sync_status text DEFAULT 'pending'::text NOT NULL,
    capture_id integer,
    source_rows bigint,
    next_poll_at timestamp with time zone DEFAULT now() NOT NULL,
    last_synced_at timestamp with time zone,
    last_error text,
    last_error_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    dropped_at timestamp with time zone,
    language text DEFAULT 'english'::text NOT NULL,
    condition text,
    condition_columns text[] DEFAULT '{}'::text[] NOT NULL,
    chunking jsonb DEFAULT '{"strategy": "none"}'::jsonb NOT NULL,
    store_settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    key_columns text[] NOT NULL,
    remote_capture_id integer,
    error_of_work boolean DEFAULT false NOT NULL,
    next_count_at timestamp with time zone DEFAULT now() NOT NULL,
    uncounted_since timestamp with time zone DEFAULT now(),
    rows_beyond_tier bigint DEFAULT 0 NOT NULL,
    condition_read text,
    CONSTRAINT vector_tables_embedding_dimensions_check CHECK (((embedding_dimensions >= 1) AND (embedding_dimensions <= 16000))),
    CONSTRAINT vector_tables_mode_check CHECK ((mode = ANY (ARRAY['managed'::text, 'platform'::text]))),
    CONSTRAINT vector_tables_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT vector_tables_sync_mode_check CHECK ((sync_mode = ANY (ARRAY['batch'::text, 'cdc'::text]))),
    CONSTRAINT vector_tables_sync_status_check CHECK ((sync_status = ANY (ARRAY['pending'::text, 'backfilling'::text, 'synced'::text, 'paused'::text, 'error'::text, 'pending_rebackfill'::text])))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');
COMMENT ON TABLE embedd.vector_tables IS 'Searchable mirrors of source tables: configuration and sync state. For people: the view embedd.status.';
COMMENT ON COLUMN embedd.vector_tables.id IS 'vt_ and 32 hexadecimal digits.';
COMMENT ON COLUMN embedd.vector_tables.organization_id IS 'The organization of the vector table.';
COMMENT ON COLUMN embedd.vector_tables.environment_id IS 'The environment of the vector table.';
COMMENT ON COLUMN embedd.vector_tables.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.vector_tables.connection_id IS 'The connection to the source table.';
COMMENT ON COLUMN embedd.vector_tables.embedder_id IS 'The embedder of its texts; null: the embedder was deleted.';
COMMENT ON COLUMN embedd.vector_tables.source_table IS 'The source table as the user named it.';
COMMENT ON COLUMN embedd.vector_tables.source_schema IS 'The schema in which the source table was found.';
COMMENT ON COLUMN embedd.vector_tables.source_name IS 'The name of the source table without its schema.';
COMMENT ON COLUMN embedd.vector_tables.primary_key_column IS 'The key of a row as users see it: one column, or several with commas.';
COMMENT ON COLUMN embedd.vector_tables.key_types IS 'The types of key_columns, in the same order.';
COMMENT ON COLUMN embedd.vector_tables.mode IS 'managed: vectors in Qdrant; platform: vectors in a table of the source database.';
COMMENT ON COLUMN embedd.vector_tables.sync_mode IS 'batch or cdc: how often a polled source is compared.';
COMMENT ON COLUMN embedd.vector_tables.embedding_model IS 'The model that users asked for; each generation has its own.';
COMMENT ON COLUMN embedd.vector_tables.embedding_dimensions IS 'The vector size that users asked for; each generation has its own.';
COMMENT ON COLUMN embedd.vector_tables.columns IS 'The columns as users sent them: names, roles, prefixes, filter types.';
COMMENT ON COLUMN embedd.vector_tables.sync_status IS 'pending, backfilling, synced, paused, error or pending_rebackfill.';
COMMENT ON COLUMN embedd.vector_tables.capture_id IS 'The capture in this database; null: the source is polled or has remote triggers.';
COMMENT ON COLUMN embedd.vector_tables.source_rows IS 'Rows of the source when they were counted last: by a complete cycle if it is polled, at the start of a backfill, before the first one.';
COMMENT ON COLUMN embedd.vector_tables.next_poll_at IS 'When a polled source is compared next.';
COMMENT ON COLUMN embedd.vector_tables.last_synced_at IS 'When the vector table was last up to date.';
COMMENT ON COLUMN embedd.vector_tables.last_error IS 'Why the vector table is not in sync; null: there is no error.';
COMMENT ON COLUMN embedd.vector_tables.last_error_at IS 'When that error occurred.';
COMMENT ON COLUMN embedd.vector_tables.created_by IS 'The user who created the vector table.';
COMMENT ON COLUMN embedd.vector_tables.created_at IS 'When the vector table was created.';
COMMENT ON COLUMN embedd.vector_tables.changed_at IS 'When what a worker must know last changed.';
COMMENT ON COLUMN embedd.vector_tables.dropped_at IS 'Dropped for its users; a worker still has to remove the store.';
COMMENT ON COLUMN embedd.vector_tables.language IS 'A text search configuration of PostgreSQL''s own.';
COMMENT ON COLUMN embedd.vector_tables.condition IS 'Only rows it is true for are mirrored. What embedd.read_condition() lets through; a worker reads it again before it uses it.';
COMMENT ON COLUMN embedd.vector_tables.condition_columns IS 'The columns the condition names: their changes are watched, too.';
COMMENT ON COLUMN embedd.vector_tables.chunking IS 'How a text is cut into passages, each of which has a vector of its own; as check_chunking() gives it.';
COMMENT ON COLUMN embedd.vector_tables.store_settings IS 'How its collections are laid out; as check_store_settings() gives it.';
COMMENT ON COLUMN embedd.vector_tables.key_columns IS 'What names a row, in the order of the parts of its key; key_types runs in parallel.';
COMMENT ON COLUMN embedd.vector_tables.remote_capture_id IS 'Of the capture in the database of the connection, which has its own; stays until its triggers are removed there.';
COMMENT ON COLUMN embedd.vector_tables.error_of_work IS 'Whether the error ends when no job and no range is left.';
COMMENT ON COLUMN embedd.vector_tables.next_count_at IS 'Before that its rows are not counted again.';
COMMENT ON COLUMN embedd.vector_tables.uncounted_since IS 'When rows may last have come or gone that nobody counted; null: none have.';
COMMENT ON COLUMN embedd.vector_tables.rows_beyond_tier IS 'Rows of the source that its organization''s tier leaves out.';
COMMENT ON COLUMN embedd.vector_tables.condition_read IS 'The condition as a worker has read it; while condition is another, one is to read it.';
CREATE VIEW embedd.activity AS
 WITH progress AS (
         SELECT t.id,
            t.organization_id,
            t.task_type,
            t.target_id,
            t.generation_id,
            t.status,
            t.phase,
            t.priority,
            t.start_token,
            t.last_processed_pk,
            t.rows_processed,
            t.rows_total,
            t.attempts,
            t.max_attempts,
            t.last_error,
            t.run_at,
            t.leased_until,
            t.worker,
            t.created_at,
            t.started_at,
            t.finished_at,
            t.ranged,
            t.phase_since,
            g.state AS generation_state,
                CASE
                    WHEN ((t.status = 'running'::text) AND (t.task_type <> 'verify'::text)) THEN GREATEST((t.rows_processed - ( SELECT count(*) AS count
                       FROM embedd.jobs j
                      WHERE ((j.generation_id = t.generation_id) AND (j.state = 'queued'::text) AND (j.lane =
                            CASE
                                WHEN (t.task_type = 'reconcile'::text) THEN 'verify'::text
                                ELSE 'backfill'::text
                            END)))), (0)::bigint)
                    ELSE t.rows_processed
                END AS done,
            (EXTRACT(epoch FROM (COALESCE(t.finished_at, statement_timestamp()) - t.started_at)))::double precision AS seconds,
            row_number() OVER (PARTITION BY t.target_id, t.task_type, (t.finished_at IS NULL) ORDER BY t.finished_at DESC) AS place
           FROM (embedd.tasks t
             JOIN embedd.generations g ON ((g.id = t.generation_id)))
        ), rows(place, vector_table_id, kind, what, state, worker, since, rows_done, rows_total, rows_per_second, message, id) AS (
         SELECT
                CASE
                    WHEN (progress.finished_at IS NULL) THEN 1
                    ELSE 5
                END AS "case",
            progress.target_id,
            'task'::text AS "?column?",
            progress.task_type,
            progress.status,
                CASE
                    WHEN (progress.leased_until > statement_timestamp()) THEN progress.worker
                    ELSE NULL::text
                END AS "case",
            COALESCE(progress.finished_at, progress.started_at, progress.created_at) AS "coalesce",
            progress.done,
            progress.rows_total,
                CASE
                    WHEN (progress.done > 0) THEN round((((progress.done)::double precision / GREATEST(progress.seconds, (0.001)::double precision)))::numeric, 1)
                    ELSE NULL::numeric
                END AS "case",
            progress.last_error,
            progress.id
           FROM progress
          WHERE ((progress.finished_at IS NULL) OR (progress.place = 1))
        UNION ALL
         SELECT 2,
            g.vector_table_id,
            'jobs'::text,
            j.lane,
            'claimed'::text,
            j.worker,
            min(j.dirty_since) AS min,
            NULL::bigint,
            count(*) AS count,
            NULL::numeric,
            NULL::text,
            NULL::text
           FROM (embedd.jobs j
             JOIN embedd.generations g ON ((g.id = j.generation_id)))
          WHERE (j.leased_until > statement_timestamp())
          GROUP BY g.vector_table_id, j.lane, j.worker
        UNION ALL
         SELECT 2,
            g.vector_table_id,
            'range'::text,
            'backfill'::text,
            'claimed'::text,
            r_1.worker,
            NULL::timestamp with time zone,
            NULL::bigint,
            NULL::bigint,
            NULL::numeric,
            format('keys above %s up to %s'::text, COALESCE(r_1.after_key, 'the start'::text), r_1.last_key) AS format,
            r_1.task_id
           FROM (embedd.ranges r_1
             JOIN embedd.generations g ON ((g.id = r_1.generation_id)))
          WHERE (r_1.leased_until > statement_timestamp())
        UNION ALL
         SELECT 3,
            NULL::text,
            'outbox'::text,
            c.name,
            'fetched'::text,
            o_1.worker,
            NULL::timestamp with time zone,
            NULL::bigint,
            NULL::bigint,
            NULL::numeric,
            o_1.error,
            c.id
           FROM (embedd.remote_outboxes o_1
             JOIN embedd.connections c ON ((c.id = o_1.connection_id)))
          WHERE (o_1.leased_until > statement_timestamp())
        UNION ALL
         SELECT 4,
            NULL::text,
            'listener'::text,
            'a session that receives notifications'::text,
            'listening'::text,
            format('process %s'::text, pg_stat_activity.pid) AS format,
            NULL::timestamp with time zone,
            NULL::bigint,
            NULL::bigint,
            NULL::numeric,
            NULL::text,
            NULL::text
           FROM pg_stat_activity
          WHERE ((pg_stat_activity.application_name = 'embedd listening'::text) AND (pg_stat_activity.datname = current_database()))
        UNION ALL
         SELECT 6,
            n.vector_table_id,
            'notice'::text,
            NULL::text,
            NULL::text,
            NULL::text,
            n.at,
            NULL::bigint,
            NULL::bigint,
            NULL::numeric,
            n.message,
            NULL::text
           FROM ( SELECT notices.id,
                    notices.at,
                    notices.vector_table_id,
                    notices.message
                   FROM embedd.notices
                  ORDER BY notices.id DESC
                 LIMIT 20) n
        )
 SELECT o.name AS organization,
    e.name AS environment,
    v.name AS vector_table,
    r.kind,
    r.what,
    r.state,
    r.worker,
    r.since,
    r.rows_done,
    r.rows_total,
    r.rows_per_second,
        CASE
            WHEN ((r.state = 'running'::text) AND (r.rows_per_second > (0)::numeric)) THEN date_trunc('second'::text, (statement_timestamp() + make_interval(secs => (((GREATEST((r.rows_total - r.rows_done), (0)::bigint))::numeric / r.rows_per_second))::double precision)))
            ELSE NULL::timestamp with time zone
        END AS estimated_end,
    r.message,
    r.id
   FROM (((rows r
     LEFT JOIN embedd.vector_tables v ON ((v.id = r.vector_table_id)))
     LEFT JOIN embedd.environments e ON ((e.id = v.environment_id)))
     LEFT JOIN embedd.organizations o ON ((o.id = v.organization_id)))
  WHERE (v.dropped_at IS NULL)
  ORDER BY r.place, r.since DESC NULLS LAST, v.name;
COMMENT ON VIEW embedd.activity IS 'The present and the latest work of all workers, for all organizations: running tasks and the latest ended ones, claimed rows, fetched outboxes, sessions that wait for a notification, the latest notices. The view reads tables only, so SELECT on it is enough. It scans embedd.jobs and embedd.tasks, which takes milliseconds where few rows wait and a fifth of a second with a million that do.';
COMMENT ON COLUMN embedd.activity.organization IS 'The organization of the vector table; null: the row is about the whole database.';
COMMENT ON COLUMN embedd.activity.environment IS 'The environment of that vector table.';
COMMENT ON COLUMN embedd.activity.vector_table IS 'The name of the vector table.';
COMMENT ON COLUMN embedd.activity.kind IS 'task, jobs (changed rows in progress), range (of a first backfill), outbox (remote), listener or notice.';
COMMENT ON COLUMN embedd.activity.what IS 'The type of a task, the lane of jobs (live, backfill, verify), the connection of an outbox.';
COMMENT ON COLUMN embedd.activity.state IS 'The status of a task; claimed: a worker has a lease.';
COMMENT ON COLUMN embedd.activity.worker IS 'The worker that has the lease; null: none has one at the moment.';
COMMENT ON COLUMN embedd.activity.since IS 'When a task started or ended, when the oldest of the rows became dirty, or when a notice was written.';
COMMENT ON COLUMN embedd.activity.rows_done IS 'Rows that are done, out of those the task has queued or compared so far.';
COMMENT ON COLUMN embedd.activity.rows_total IS 'All rows of a task; for jobs, the number of claimed rows.';
COMMENT ON COLUMN embedd.activity.rows_per_second IS 'The rate since the task started.';
COMMENT ON COLUMN embedd.activity.estimated_end IS 'When a running task ends at that rate.';
COMMENT ON COLUMN embedd.activity.message IS 'The last error of a task or an outbox, or the text of a notice.';
COMMENT ON COLUMN embedd.activity.id IS 'The id of the task, or of the connection of an outbox.';
CREATE TABLE embedd.api_keys (
    id text DEFAULT ('key_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL,
    key_prefix text NOT NULL,
    permission text DEFAULT 'full'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    expires_at timestamp with time zone,
    minted_by text,
    CONSTRAINT api_keys_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT api_keys_key_prefix_check CHECK ((length(key_prefix) = 12)),
    CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_keys_permission_check CHECK ((permission = ANY (ARRAY['full'::text, 'read_only'::text])))
);
COMMENT ON TABLE embedd.api_keys IS 'API keys of the REST API, stored as digests only; revoked keys stay listed.';
COMMENT ON COLUMN embedd.api_keys.id IS 'key_ and 32 hexadecimal digits; not the key itself.';
COMMENT ON COLUMN embedd.api_keys.organization_id IS 'The organization to which the key gives access.';
COMMENT ON COLUMN embedd.api_keys.user_id IS 'The user as whom a call with the key acts.';
COMMENT ON COLUMN embedd.api_keys.name IS 'The name that its user gave the key.';
COMMENT ON COLUMN embedd.api_keys.digest IS 'SHA-256 of the key; the key itself is shown once and stored nowhere.';
COMMENT ON COLUMN embedd.api_keys.key_prefix IS 'The first 12 characters of the key, by which people recognise it.';
COMMENT ON COLUMN embedd.api_keys.permission IS 'read_only: every GET and the query. full: all operations.';
COMMENT ON COLUMN embedd.api_keys.created_at IS 'When the key was created.';
COMMENT ON COLUMN embedd.api_keys.revoked_at IS 'Since when the key is refused; null: it is not revoked.';
COMMENT ON COLUMN embedd.api_keys.expires_at IS 'When the key expires; null: it lasts until it is revoked.';
COMMENT ON COLUMN embedd.api_keys.minted_by IS 'The key with which this key was made over REST; null: made in SQL or by a command.';
CREATE TABLE embedd.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    organization_id text NOT NULL,
    user_id uuid,
    key_id text,
    operation text NOT NULL,
    target text,
    result text NOT NULL,
    address text,
    request_id text,
    door text DEFAULT 'rest'::text NOT NULL,
    role name,
    CONSTRAINT audit_log_door_check CHECK ((door = ANY (ARRAY['rest'::text, 'cli'::text, 'sql'::text])))
);
COMMENT ON TABLE embedd.audit_log IS 'Who changed or tried to change what. Entries are added, by record_audit() alone, never changed.';
COMMENT ON COLUMN embedd.audit_log.id IS 'Number of the entry, in the order of writing.';
COMMENT ON COLUMN embedd.audit_log.at IS 'When the change was made or the request was answered.';
COMMENT ON COLUMN embedd.audit_log.organization_id IS 'The organization of the request.';
COMMENT ON COLUMN embedd.audit_log.user_id IS 'The user who made the request.';
COMMENT ON COLUMN embedd.audit_log.key_id IS 'The API key of the request; null: not over REST.';
COMMENT ON COLUMN embedd.audit_log.operation IS 'The name of the operation, as in /openapi.json, or of the function.';
COMMENT ON COLUMN embedd.audit_log.target IS 'The id of the object of the operation, if there is one.';
COMMENT ON COLUMN embedd.audit_log.result IS 'ok, or the code of the error.';
COMMENT ON COLUMN embedd.audit_log.address IS 'The address from which the request came.';
COMMENT ON COLUMN embedd.audit_log.request_id IS 'The X-Request-Id of the request, which the log of the service names too.';
COMMENT ON COLUMN embedd.audit_log.door IS 'Whether it came over REST, from a command, or in SQL.';
COMMENT ON COLUMN embedd.audit_log.role IS 'The role that had logged in to the database; null: from before this was noted.';
ALTER TABLE embedd.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.audit_log_id_seq IS 'Numbers of entries, shared with failed_logins.';
CREATE TABLE embedd.cached_vectors (
    digest bytea NOT NULL,
    vector bytea NOT NULL,
    used_on date DEFAULT ((now() AT TIME ZONE 'utc'::text))::date NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY embedd.cached_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;
COMMENT ON TABLE embedd.cached_vectors IS 'Vectors by a keyed hash of model and text, never the text; removed when they have not been used for longest.';
COMMENT ON COLUMN embedd.cached_vectors.digest IS 'Keyed hash of the model and the text.';
COMMENT ON COLUMN embedd.cached_vectors.vector IS '4-byte floats, little-endian.';
COMMENT ON COLUMN embedd.cached_vectors.used_on IS 'The day of the last use, in UTC.';
CREATE TABLE embedd.capture_audits (
    capture_id integer NOT NULL,
    state jsonb NOT NULL,
    audited_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE embedd.capture_audits IS 'Triggers, tables and columns of each capture as the last audit left them.';
COMMENT ON COLUMN embedd.capture_audits.capture_id IS 'The capture whose triggers are checked.';
COMMENT ON COLUMN embedd.capture_audits.state IS 'The catalogue entries that were found, by name.';
COMMENT ON COLUMN embedd.capture_audits.audited_at IS 'When the capture was last checked.';
CREATE TABLE embedd.captures (
    id integer NOT NULL,
    source_table regclass NOT NULL,
    key_columns text[] CONSTRAINT captures_key_column_not_null NOT NULL,
    tracked_columns text[] NOT NULL,
    row_level boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE embedd.captures IS 'One row per watched source table and key: which columns its triggers compare.';
COMMENT ON COLUMN embedd.captures.id IS 'Number of the capture; its triggers are zz_embedd_ID_…, their function is embedd.capture_ID().';
COMMENT ON COLUMN embedd.captures.source_table IS 'The source table; an OID without a table once it was dropped.';
COMMENT ON COLUMN embedd.captures.key_columns IS 'The columns that identify a row, in the order of the parts of its key.';
COMMENT ON COLUMN embedd.captures.tracked_columns IS 'The columns of which a change makes the key dirty.';
COMMENT ON COLUMN embedd.captures.row_level IS 'Whether triggers fire for each row instead of each statement, as on trees of tables.';
COMMENT ON COLUMN embedd.captures.created_at IS 'When the capture was created.';
ALTER TABLE embedd.captures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.captures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.captures_id_seq IS 'Numbers of captures.';
CREATE TABLE embedd.consumer (
    only_row boolean DEFAULT true NOT NULL,
    installation uuid NOT NULL,
    line uuid DEFAULT gen_random_uuid() NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consumer_only_row_check CHECK (only_row)
);
COMMENT ON TABLE embedd.consumer IS 'The installation elsewhere that takes the events of this database; empty when there is none. Delete the row if it is no more.';
COMMENT ON COLUMN embedd.consumer.only_row IS 'Always true: the table has one row or none.';
COMMENT ON COLUMN embedd.consumer.installation IS 'The installation that takes the events: embedd.instance.uid in its database.';
COMMENT ON COLUMN embedd.consumer.line IS 'Tells the installation that several of its connections lead here.';
COMMENT ON COLUMN embedd.consumer.since IS 'When that installation began to take events.';
CREATE TABLE embedd.daily_usage (
    day date NOT NULL,
    organization_id text NOT NULL,
    vector_table_id text NOT NULL,
    embedder_id uuid NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    kind text NOT NULL,
    requests bigint DEFAULT 0 NOT NULL,
    tokens bigint DEFAULT 0 NOT NULL,
    CONSTRAINT daily_usage_kind_check CHECK ((kind = ANY (ARRAY['document'::text, 'query'::text, 'rerank'::text])))
)
WITH (fillfactor='70');
COMMENT ON TABLE embedd.daily_usage IS 'Requests to embedding providers and their tokens, by day (UTC), as the provider counts them, else estimated.';
COMMENT ON COLUMN embedd.daily_usage.day IS 'The day, in UTC.';
COMMENT ON COLUMN embedd.daily_usage.organization_id IS 'The organization to which the usage is charged.';
COMMENT ON COLUMN embedd.daily_usage.vector_table_id IS 'The vector table of the usage, which may no longer exist; empty: usage of embedd.embed().';
COMMENT ON COLUMN embedd.daily_usage.embedder_id IS 'The embedder whose credentials were used; it may no longer exist.';
COMMENT ON COLUMN embedd.daily_usage.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.daily_usage.model IS 'The model of the requests.';
COMMENT ON COLUMN embedd.daily_usage.kind IS 'document, query or rerank.';
COMMENT ON COLUMN embedd.daily_usage.requests IS 'The number of requests.';
COMMENT ON COLUMN embedd.daily_usage.tokens IS 'The number of tokens.';
CREATE TABLE embedd.doorbell (
    only_row boolean DEFAULT true NOT NULL,
    armed boolean DEFAULT false NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT doorbell_only_row_check CHECK (only_row)
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.doorbell IS 'armed: a worker sleeps and wants to be woken. enabled: switch off where applications use PREPARE TRANSACTION.';
COMMENT ON COLUMN embedd.doorbell.only_row IS 'Always true: the table has one row.';
COMMENT ON COLUMN embedd.doorbell.armed IS 'A worker sleeps: the next writer sends a notification.';
COMMENT ON COLUMN embedd.doorbell.enabled IS 'false: writers send no notifications, and workers poll each second.';
CREATE TABLE embedd.failed_logins (
    minute timestamp with time zone NOT NULL,
    address text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    id bigint DEFAULT nextval('embedd.audit_log_id_seq'::regclass) NOT NULL
);
COMMENT ON TABLE embedd.failed_logins IS 'Requests that came without a valid API key, by address and minute; kept for 90 days.';
COMMENT ON COLUMN embedd.failed_logins.minute IS 'The start of the minute.';
COMMENT ON COLUMN embedd.failed_logins.address IS 'The address of the requests; others: addresses beyond those that are counted separately.';
COMMENT ON COLUMN embedd.failed_logins.attempts IS 'The number of requests.';
COMMENT ON COLUMN embedd.failed_logins.id IS 'Number of the entry, in the order of writing.';
CREATE SEQUENCE embedd.fence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9007199254740991
    CACHE 1;
COMMENT ON SEQUENCE embedd.fence IS 'Tokens: every attempt draws one, and a store refuses a write whose token is lower than one it has seen.';
CREATE TABLE embedd.fence_marks (
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    fence bigint NOT NULL
);
COMMENT ON TABLE embedd.fence_marks IS 'Where the fence stood, once a minute: how old a token is, for cleaning up tombstones.';
COMMENT ON COLUMN embedd.fence_marks.at IS 'The time of the mark.';
COMMENT ON COLUMN embedd.fence_marks.fence IS 'The highest token drawn by that time.';
ALTER TABLE embedd.generations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.generations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.generations_id_seq IS 'Numbers of generations.';
CREATE TABLE embedd.instance (
    only_row boolean DEFAULT true NOT NULL,
    uid uuid DEFAULT gen_random_uuid() NOT NULL,
    system_identifier bigint,
    timeline bigint,
    database_oid oid NOT NULL,
    table_oid oid NOT NULL,
    fence_high bigint DEFAULT 0 NOT NULL,
    detached boolean DEFAULT false NOT NULL,
    beats text[] DEFAULT '{}'::text[] NOT NULL,
    rival text,
    rival_since timestamp with time zone,
    rivalled boolean DEFAULT false NOT NULL,
    checked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT instance_only_row_check CHECK (only_row)
);
COMMENT ON TABLE embedd.instance IS 'The database that owns the stores, as it was when a worker last looked; empty before the first one.';
COMMENT ON COLUMN embedd.instance.only_row IS 'Always true: the table has one row.';
COMMENT ON COLUMN embedd.instance.uid IS 'The id by which stores know this installation.';
COMMENT ON COLUMN embedd.instance.system_identifier IS 'Of the server; null: the role may not read it. timeline likewise.';
COMMENT ON COLUMN embedd.instance.timeline IS 'The timeline of the server; a failover increases it.';
COMMENT ON COLUMN embedd.instance.database_oid IS 'The OID of this database; a copy has another one.';
COMMENT ON COLUMN embedd.instance.table_oid IS 'Of this table: a restored dump has another.';
COMMENT ON COLUMN embedd.instance.fence_high IS 'The highest token known to be drawn; a sequence below it was set back.';
COMMENT ON COLUMN embedd.instance.detached IS 'It gave up the stores of the database it was copied from; its own have other names.';
COMMENT ON COLUMN embedd.instance.beats IS 'The last marks this database left in the managed store; a copy does not know the newest.';
COMMENT ON COLUMN embedd.instance.rival IS 'A mark there that this database did not leave, watched since rival_since: who left it may be gone.';
COMMENT ON COLUMN embedd.instance.rival_since IS 'Since when the rival mark has been watched.';
COMMENT ON COLUMN embedd.instance.rivalled IS 'A copy of this database is at work on the store; nothing is written until one is adopted or detached.';
COMMENT ON COLUMN embedd.instance.checked_at IS 'When a worker last checked the instance.';
CREATE TABLE embedd.looks (
    worker text NOT NULL,
    looked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    error text,
    error_at timestamp with time zone,
    every interval,
    knows integer,
    ended boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.looks IS 'The latest look for work of each worker, noted every second.';
COMMENT ON COLUMN embedd.looks.worker IS 'The name of the worker: host, process and a random part.';
COMMENT ON COLUMN embedd.looks.looked_at IS 'When the worker noted this.';
COMMENT ON COLUMN embedd.looks.error IS 'Why the worker cannot look for work, and what to do; null if it can.';
COMMENT ON COLUMN embedd.looks.error_at IS 'When the worker began to fail; null if it can look for work.';
COMMENT ON COLUMN embedd.looks.every IS 'The time within which the next run of this worker begins; null: it runs until it is stopped.';
COMMENT ON COLUMN embedd.looks.knows IS 'The newest migration of the line control that the program of the worker knows; null for earlier versions.';
COMMENT ON COLUMN embedd.looks.ended IS 'Whether the worker ended in order and holds no lease.';
CREATE TABLE embedd.migrations (
    line text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migrations_line_check CHECK ((line = ANY (ARRAY['capture'::text, 'control'::text])))
);
COMMENT ON TABLE embedd.migrations IS 'Migrations that this schema has had. Lines: capture is what triggers need, control is everything else.';
COMMENT ON COLUMN embedd.migrations.line IS 'capture or control.';
COMMENT ON COLUMN embedd.migrations.number IS 'The number of the migration within its line, without gaps.';
COMMENT ON COLUMN embedd.migrations.name IS 'The name of its file without the number.';
COMMENT ON COLUMN embedd.migrations.applied_at IS 'When the migration ran in this database.';
CREATE TABLE embedd.models (
    provider text NOT NULL,
    model text NOT NULL,
    kind text DEFAULT 'embedding'::text NOT NULL,
    dimensions integer,
    sizes int4multirange,
    size_fixed boolean DEFAULT false NOT NULL,
    max_text_tokens integer,
    max_items integer,
    max_tokens integer,
    usd_per_million numeric,
    retired_on date,
    successor text,
    origin text NOT NULL,
    CONSTRAINT models_check CHECK (((kind = 'embedding'::text) = (dimensions IS NOT NULL))),
    CONSTRAINT models_check1 CHECK ((
CASE
    WHEN (dimensions IS NULL) THEN (sizes IS NULL)
    ELSE (sizes @> dimensions)
END IS TRUE)),
    CONSTRAINT models_dimensions_check CHECK (((dimensions >= 1) AND (dimensions <= 16000))),
    CONSTRAINT models_kind_check CHECK ((kind = ANY (ARRAY['embedding'::text, 'rerank'::text]))),
    CONSTRAINT models_max_items_check CHECK ((max_items > 0)),
    CONSTRAINT models_max_text_tokens_check CHECK ((max_text_tokens > 0)),
    CONSTRAINT models_max_tokens_check CHECK ((max_tokens > 0)),
    CONSTRAINT models_origin_check CHECK ((origin = ANY (ARRAY['shipped'::text, 'operator'::text]))),
    CONSTRAINT models_usd_per_million_check CHECK ((usd_per_million >= (0)::numeric))
);
COMMENT ON TABLE embedd.models IS 'The catalogue of models: which sizes they yield, what a request may hold and what it costs.';
COMMENT ON COLUMN embedd.models.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.models.model IS 'The name of the model at the vendor.';
COMMENT ON COLUMN embedd.models.kind IS 'embedding or rerank.';
COMMENT ON COLUMN embedd.models.dimensions IS 'The default size of its vectors.';
COMMENT ON COLUMN embedd.models.sizes IS 'All sizes that its vectors can have.';
COMMENT ON COLUMN embedd.models.size_fixed IS 'Whether vector tables at its vendor use the model in its own size only.';
COMMENT ON COLUMN embedd.models.max_text_tokens IS 'The most tokens of one text; null: the usual limit of its provider.';
COMMENT ON COLUMN embedd.models.max_items IS 'The most texts of one request; null: the usual limit of its provider.';
COMMENT ON COLUMN embedd.models.max_tokens IS 'The most tokens of one request; null: the usual limit of its provider.';
COMMENT ON COLUMN embedd.models.usd_per_million IS 'List price for a million tokens; null: not known.';
COMMENT ON COLUMN embedd.models.retired_on IS 'When the vendor stops serving the model; null: no date is announced.';
COMMENT ON COLUMN embedd.models.successor IS 'The model that the vendor recommends instead.';
COMMENT ON COLUMN embedd.models.origin IS 'shipped: replaced at each upgrade; operator: added by embedd.add_model().';
ALTER TABLE embedd.notices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.notices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.notices_id_seq IS 'Numbers of notices.';
CREATE TABLE embedd.outbox (
    id bigint NOT NULL,
    capture_id integer NOT NULL,
    kind "char" NOT NULL,
    key text,
    at timestamp with time zone DEFAULT now() NOT NULL,
    keys text[]
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_insert_scale_factor='0.2', autovacuum_vacuum_cost_delay='0');
ALTER TABLE ONLY embedd.outbox REPLICA IDENTITY FULL;
COMMENT ON TABLE embedd.outbox IS 'Dirty keys, written by triggers in the writer''s own transaction. kind: k = keys dirty (one in key, or some in keys), T = truncated, R = table shape changed.';
COMMENT ON COLUMN embedd.outbox.id IS 'Number of the event, in the order of writing, not of committing.';
COMMENT ON COLUMN embedd.outbox.capture_id IS 'The capture whose trigger wrote it.';
COMMENT ON COLUMN embedd.outbox.kind IS 'k: keys are dirty; T: the table was truncated; R: its shape changed.';
COMMENT ON COLUMN embedd.outbox.key IS 'The dirty key, if the event has only one.';
COMMENT ON COLUMN embedd.outbox.at IS 'When the transaction of the writer began.';
COMMENT ON COLUMN embedd.outbox.keys IS 'Up to a hundred dirty keys of one statement, instead of key.';
ALTER TABLE embedd.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.outbox_id_seq IS 'Numbers of events.';
CREATE TABLE embedd.prices (
    provider text NOT NULL,
    model text NOT NULL,
    usd_per_million numeric,
    CONSTRAINT prices_usd_per_million_check CHECK ((usd_per_million >= (0)::numeric))
);
COMMENT ON TABLE embedd.prices IS 'Prices that operators set with embedd.set_price(); they take precedence over those of embedd.models.';
COMMENT ON COLUMN embedd.prices.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.prices.model IS 'The model.';
COMMENT ON COLUMN embedd.prices.usd_per_million IS 'US dollars for a million tokens; null: no price, whatever the catalogue says.';
ALTER TABLE embedd.ranges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.ranges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.ranges_id_seq IS 'Numbers of ranges.';
CREATE UNLOGGED TABLE embedd.rate_buckets (
    embedder_id uuid NOT NULL,
    requests double precision NOT NULL,
    tokens double precision NOT NULL,
    filled_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.rate_buckets IS 'What is left of an embedder''s requests and tokens a minute.';
COMMENT ON COLUMN embedd.rate_buckets.embedder_id IS 'The embedder of the bucket.';
COMMENT ON COLUMN embedd.rate_buckets.requests IS 'Requests left now; negative after queries, which never wait.';
COMMENT ON COLUMN embedd.rate_buckets.tokens IS 'Tokens left now; negative after queries, which never wait.';
COMMENT ON COLUMN embedd.rate_buckets.filled_at IS 'When the bucket was last filled.';
CREATE UNLOGGED TABLE embedd.request_counts (
    organization_id text NOT NULL,
    minute bigint NOT NULL,
    current integer NOT NULL,
    previous integer NOT NULL,
    admitted boolean NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');
COMMENT ON TABLE embedd.request_counts IS 'Requests of each organization in the minute of its last one and in the one before; admitted is the last one''s fate.';
COMMENT ON COLUMN embedd.request_counts.organization_id IS 'The organization that made the requests.';
COMMENT ON COLUMN embedd.request_counts.minute IS 'The minute of the last request, counted from 1970.';
COMMENT ON COLUMN embedd.request_counts.current IS 'The number of requests in that minute.';
COMMENT ON COLUMN embedd.request_counts.previous IS 'The number of requests in the minute before.';
COMMENT ON COLUMN embedd.request_counts.admitted IS 'Whether the last request was within the limit.';
CREATE TABLE embedd.row_states (
    generation_id bigint NOT NULL,
    key text NOT NULL,
    token bigint NOT NULL,
    text_hash text NOT NULL,
    metadata_hash text NOT NULL,
    source_hash text,
    checked bigint NOT NULL
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');
COMMENT ON TABLE embedd.row_states IS 'What the store is believed to hold, a row per live key. text_hash is empty for a row without text.';
COMMENT ON COLUMN embedd.row_states.generation_id IS 'The store that holds the row.';
COMMENT ON COLUMN embedd.row_states.key IS 'The key of the row.';
COMMENT ON COLUMN embedd.row_states.token IS 'The token of the attempt that wrote the row.';
COMMENT ON COLUMN embedd.row_states.text_hash IS 'Hash of the embedded text; empty: there was no text.';
COMMENT ON COLUMN embedd.row_states.metadata_hash IS 'Hash of the written metadata.';
COMMENT ON COLUMN embedd.row_states.source_hash IS 'Hash of the row in a polled source.';
COMMENT ON COLUMN embedd.row_states.checked IS 'Token of the last attempt that found the row as it is.';
CREATE TABLE embedd.sealing (
    only_row boolean DEFAULT true NOT NULL,
    oldest_version integer NOT NULL,
    CONSTRAINT sealing_oldest_version_check CHECK ((oldest_version = ANY (ARRAY[1, 2]))),
    CONSTRAINT sealing_only_row_check CHECK (only_row)
);
COMMENT ON TABLE embedd.sealing IS 'Which envelopes of stored secrets are opened.';
COMMENT ON COLUMN embedd.sealing.only_row IS 'There is one row.';
COMMENT ON COLUMN embedd.sealing.oldest_version IS 'Version 1 knows nothing of addresses; once everything is sealed anew (embedd secrets rotate) it is opened nowhere.';
CREATE TABLE embedd.search_requests (
    digest bytea NOT NULL,
    organization_id text NOT NULL,
    generation_id bigint NOT NULL,
    user_id uuid,
    need jsonb NOT NULL,
    asked bigint DEFAULT 1 NOT NULL,
    claimed bigint DEFAULT 0 NOT NULL,
    answered bigint DEFAULT 0 NOT NULL,
    wanted_until timestamp with time zone NOT NULL,
    kept_until timestamp with time zone NOT NULL,
    worker text,
    leased_until timestamp with time zone,
    vector real[],
    answer jsonb,
    refusal jsonb
);
COMMENT ON TABLE embedd.search_requests IS 'What searches in SQL need of workers, and what workers made of it; kept for minutes. Only functions reach it.';
COMMENT ON COLUMN embedd.search_requests.digest IS 'Hash of the organization, the role, the vectors and the need.';
COMMENT ON COLUMN embedd.search_requests.organization_id IS 'The organization that asks.';
COMMENT ON COLUMN embedd.search_requests.generation_id IS 'The vectors to search.';
COMMENT ON COLUMN embedd.search_requests.user_id IS 'The user on whose behalf it is asked.';
COMMENT ON COLUMN embedd.search_requests.need IS 'What is needed, as embedd_internal.search_need() says.';
COMMENT ON COLUMN embedd.search_requests.asked IS 'How often it was asked; sessions that ask before a worker begins share one.';
COMMENT ON COLUMN embedd.search_requests.claimed IS 'The ask that a worker answers now, or answered last.';
COMMENT ON COLUMN embedd.search_requests.answered IS 'The latest ask that was answered; less than asked: it waits.';
COMMENT ON COLUMN embedd.search_requests.wanted_until IS 'When the last session that waits gives up.';
COMMENT ON COLUMN embedd.search_requests.kept_until IS 'When the row is removed.';
COMMENT ON COLUMN embedd.search_requests.worker IS 'The worker that took it last.';
COMMENT ON COLUMN embedd.search_requests.leased_until IS 'Before that no other worker takes it; null: it is free.';
COMMENT ON COLUMN embedd.search_requests.vector IS 'The vector of the text, made by the model of the generation.';
COMMENT ON COLUMN embedd.search_requests.answer IS 'The rows that were found.';
COMMENT ON COLUMN embedd.search_requests.refusal IS 'Why there is no answer: message, hint and sqlstate.';
CREATE VIEW embedd.standstill AS
 SELECT
        CASE
            WHEN (count(*) FILTER (WHERE counts) > 0) THEN concat('No worker can look for changes. ', max(error) FILTER (WHERE counts))
            WHEN (max(due) IS NOT NULL) THEN concat('No worker looks for changes: a scheduled run was due by ', to_char((max(due) AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD HH24:MI:SS'::text), ' UTC. Check the schedule of embedd worker --drain, and the log of its runs.')
            ELSE concat('No worker looks for changes', to_char((max(looked_at) AT TIME ZONE 'UTC'::text), '" since "YYYY-MM-DD HH24:MI:SS" UTC"'::text), '. Start one with embedd worker or embedd up; if one runs, its log says what stops it.')
        END AS reason,
    COALESCE(min(error_at) FILTER (WHERE counts), max(looked_at)) AS since
   FROM ( SELECT noted.worker,
            noted.looked_at,
            noted.error,
            noted.error_at,
            noted.every,
            noted.knows,
            noted.ended,
            noted.due,
            ((noted.looked_at <= (statement_timestamp() + '00:00:05'::interval)) AND ((noted.looked_at >= (statement_timestamp() - '00:00:05'::interval)) OR (noted.due >= (statement_timestamp() - '00:01:00'::interval)))) AS counts
           FROM ( SELECT looks.worker,
                    looks.looked_at,
                    looks.error,
                    looks.error_at,
                    looks.every,
                    looks.knows,
                    looks.ended,
                        CASE
                            WHEN (looks.looked_at = max(looks.looked_at) OVER ()) THEN (looks.looked_at + looks.every)
                            ELSE NULL::timestamp with time zone
                        END AS due
                   FROM embedd.looks) noted) l
 HAVING (count(*) FILTER (WHERE (counts AND (error IS NULL))) = 0);
COMMENT ON VIEW embedd.standstill IS 'One row with the reason while no worker looks for work; no row while one does. Workers record each second how their looks end, so a record older than five seconds means that a worker has ended or cannot reach the database. A worker that runs on a schedule has promised the next run: if it was the last to look, its look counts until that run is overdue by a minute. Without a look it is unknown whether changes wait; then embedd.sync_status(), embedd.status and embedd.health() show the reason.';
COMMENT ON COLUMN embedd.standstill.reason IS 'Why no worker looks for work, and what to do.';
COMMENT ON COLUMN embedd.standstill.since IS 'When a worker last looked, or began to fail; null: none ever ran.';
CREATE VIEW embedd.status AS
 SELECT o.name AS organization,
    e.name AS environment,
    v.name,
    c.name AS connection,
    v.source_table,
    v.mode,
    m.name AS embedder,
    v.embedding_model,
    s.sync_status,
    ( SELECT count(*) AS count
           FROM embedd.row_states s_1
          WHERE (s_1.generation_id = g.id)) AS synced_rows,
    (( SELECT count(*) AS count
           FROM embedd.jobs j
          WHERE ((j.generation_id = g.id) AND (j.state = 'queued'::text))) +
        CASE
            WHEN (v.sync_status = 'pending'::text) THEN (0)::bigint
            ELSE COALESCE(n.keys, (0)::bigint)
        END) AS pending_rows,
    ( SELECT count(*) AS count
           FROM embedd.jobs j
          WHERE ((j.generation_id = g.id) AND (j.state = 'dead'::text))) AS dead_rows,
    ( SELECT count(*) AS count
           FROM embedd.row_states s_1
          WHERE ((s_1.generation_id = g.id) AND (s_1.text_hash = ''::text))) AS skipped_rows,
        CASE
            WHEN ((s.sync_status = 'synced'::text) AND (NOT (EXISTS ( SELECT
               FROM embedd.jobs j
              WHERE ((j.generation_id = g.id) AND (j.state = 'queued'::text))))) AND (((v.capture_id IS NOT NULL) AND (NOT (EXISTS ( SELECT
               FROM embedd.outbox b
              WHERE (b.capture_id = v.capture_id))))) OR ((v.remote_capture_id IS NOT NULL) AND (EXISTS ( SELECT
               FROM (embedd.remote_outboxes t
                 JOIN embedd.remote_outboxes b USING (line))
              WHERE ((t.connection_id = v.connection_id) AND (b.leased_until > statement_timestamp()) AND (b.worker IS NOT NULL) AND (b.error IS NULL))))))) THEN '00:00:00'::interval
            ELSE date_trunc('second'::text, (statement_timestamp() - v.last_synced_at))
        END AS staleness,
    v.last_synced_at,
    r.running,
        CASE
            WHEN (o.status = 'disabled'::text) THEN concat_ws(' Before: '::text, 'The organization is disabled, so its sync is paused until it is enabled again.', v.last_error)
            ELSE NULLIF(concat_ws(' Before: '::text, s.standstill, v.last_error), ''::text)
        END AS last_error,
        CASE
            WHEN (s.standstill IS NULL) THEN v.last_error_at
            ELSE COALESCE(h.since, v.last_error_at)
        END AS last_error_at,
    v.id
   FROM (((((((((embedd.vector_tables v
     JOIN embedd.organizations o ON ((o.id = v.organization_id)))
     LEFT JOIN embedd.standstill h ON (true))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (o.status = 'disabled'::text) THEN 'paused'::text
                    WHEN ((v.sync_status = 'synced'::text) AND (h.reason IS NOT NULL)) THEN 'error'::text
                    ELSE v.sync_status
                END AS sync_status,
                CASE
                    WHEN (v.sync_status <> ALL (ARRAY['pending'::text, 'paused'::text])) THEN h.reason
                    ELSE NULL::text
                END AS standstill) s)
     JOIN embedd.environments e ON ((e.id = v.environment_id)))
     JOIN embedd.connections c ON ((c.id = v.connection_id)))
     LEFT JOIN embedd.embedders m ON ((m.id = v.embedder_id)))
     LEFT JOIN LATERAL ( SELECT g_1.id
           FROM embedd.generations g_1
          WHERE ((g_1.vector_table_id = v.id) AND (g_1.state = ANY (ARRAY['active'::text, 'building'::text])))
          ORDER BY (g_1.state = 'building'::text) DESC
         LIMIT 1) g ON (true))
     LEFT JOIN ( SELECT outbox.capture_id,
            sum(COALESCE(cardinality(outbox.keys), 1)) AS keys
           FROM embedd.outbox
          GROUP BY outbox.capture_id) n ON ((n.capture_id = v.capture_id)))
     LEFT JOIN ( SELECT t.target_id,
            string_agg(format('%s (%s)'::text, t.task_type, t.status), ', '::text ORDER BY t.created_at) AS running
           FROM embedd.tasks t
          WHERE (t.status = ANY (ARRAY['pending'::text, 'running'::text]))
          GROUP BY t.target_id) r ON ((r.target_id = v.id)))
  WHERE (v.dropped_at IS NULL)
  ORDER BY o.name, e.name, v.name, v.id;
COMMENT ON VIEW embedd.status IS 'The vector tables of all organizations, one row each: their source, their progress and their errors. The view reads tables only, so SELECT on it is enough. Only the selected columns cost time: synced_rows and skipped_rows count embedd.row_states (a quarter of a second per million rows), pending_rows and dead_rows count embedd.jobs and embedd.outbox (the changes that wait), and the others take milliseconds together. embedd.sync_status() also returns the number of rows of the source. No worker follows the tables of a disabled organization, so they are shown as paused, with the reason. embedd_internal.resting_reason() returns the same reason for the acting organization. While no worker looks for work, tables that would be synced are shown as error, with the reason of embedd.standstill.';
COMMENT ON COLUMN embedd.status.organization IS 'The organization of the vector table.';
COMMENT ON COLUMN embedd.status.environment IS 'The environment of the vector table.';
COMMENT ON COLUMN embedd.status.name IS 'The name by which functions of embedd take the vector table.';
COMMENT ON COLUMN embedd.status.connection IS 'The connection to the source table; local: the table is in this database.';
COMMENT ON COLUMN embedd.status.source_table IS 'The source table.';
COMMENT ON COLUMN embedd.status.mode IS 'managed: vectors in Qdrant; platform: vectors in a table of the source database.';
COMMENT ON COLUMN embedd.status.embedder IS 'The embedder of its texts; null: the embedder was deleted, and changes wait for another one.';
COMMENT ON COLUMN embedd.status.embedding_model IS 'The model of its vectors.';
COMMENT ON COLUMN embedd.status.sync_status IS 'pending (request a backfill), backfilling, synced, paused, error or pending_rebackfill.';
COMMENT ON COLUMN embedd.status.synced_rows IS 'Rows that the store holds, in their current or an earlier version.';
COMMENT ON COLUMN embedd.status.pending_rows IS 'Changes that wait, without rows that a backfill has still to queue: embedd.activity shows its progress.';
COMMENT ON COLUMN embedd.status.dead_rows IS 'Rows that were set aside; embedd.dead_letters() shows why.';
COMMENT ON COLUMN embedd.status.skipped_rows IS 'Synced rows without text.';
COMMENT ON COLUMN embedd.status.staleness IS 'Zero while no change waits, else the time since the table was last up to date; null: it never was.';
COMMENT ON COLUMN embedd.status.last_synced_at IS 'When the vector table was last up to date.';
COMMENT ON COLUMN embedd.status.running IS 'Tasks that run or wait for a worker.';
COMMENT ON COLUMN embedd.status.last_error IS 'Why the vector table is not in sync; null: there is no error.';
COMMENT ON COLUMN embedd.status.last_error_at IS 'When that error occurred.';
COMMENT ON COLUMN embedd.status.id IS 'The id by which the REST API takes the vector table.';
CREATE TABLE embedd.unread_stores (
    generation_id bigint NOT NULL,
    token bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone
);
COMMENT ON TABLE embedd.unread_stores IS 'Stores to be read before anything is claimed for them: after a failover or restore they may hold what the ledger forgot.';
COMMENT ON COLUMN embedd.unread_stores.generation_id IS 'The store to be read.';
COMMENT ON COLUMN embedd.unread_stores.token IS 'The token of the current pass over the store.';
COMMENT ON COLUMN embedd.unread_stores.leased_until IS 'When the lease of the worker ends; null: there is no lease.';
CREATE VIEW embedd.usage AS
 SELECT u.day,
    o.name AS organization,
    e.name AS environment,
    v.name AS vector_table,
    m.name AS embedder,
    u.provider,
    u.model,
    u.kind,
    u.requests,
    u.tokens,
    round((((u.tokens)::numeric *
        CASE
            WHEN (p.model IS NULL) THEN c.usd_per_million
            ELSE p.usd_per_million
        END) / (1000000)::numeric), 6) AS cost_usd
   FROM ((((((embedd.daily_usage u
     JOIN embedd.organizations o ON ((o.id = u.organization_id)))
     LEFT JOIN embedd.vector_tables v ON ((v.id = u.vector_table_id)))
     LEFT JOIN embedd.embedders m ON ((m.id = u.embedder_id)))
     LEFT JOIN embedd.environments e ON ((e.id = COALESCE(v.environment_id, m.environment_id))))
     LEFT JOIN embedd.models c ON (((c.provider = u.provider) AND (c.model = u.model))))
     LEFT JOIN embedd.prices p ON (((p.provider = u.provider) AND (p.model = u.model))))
  ORDER BY u.day DESC, o.name, e.name, v.name, m.name, u.provider, u.model, u.kind;
COMMENT ON VIEW embedd.usage IS 'The usage and the cost of embedding and reranking for all organizations, newest first: one row for each day, vector table, embedder and kind. The view reads tables only, so SELECT on it is enough. It scans embedd.daily_usage, which has a few rows per day and table.';
COMMENT ON COLUMN embedd.usage.day IS 'The day, in UTC.';
COMMENT ON COLUMN embedd.usage.organization IS 'The organization to which the usage is charged.';
COMMENT ON COLUMN embedd.usage.environment IS 'The environment of the vector table, else of the embedder; null: both no longer exist.';
COMMENT ON COLUMN embedd.usage.vector_table IS 'The vector table of the usage; null: it no longer exists, or the usage is of embedd.embed().';
COMMENT ON COLUMN embedd.usage.embedder IS 'The embedder whose credentials were used; null: it no longer exists.';
COMMENT ON COLUMN embedd.usage.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.usage.model IS 'The model of the requests.';
COMMENT ON COLUMN embedd.usage.kind IS 'document, query or rerank.';
COMMENT ON COLUMN embedd.usage.requests IS 'The number of requests.';
COMMENT ON COLUMN embedd.usage.tokens IS 'Tokens as the vendor counts them, else estimated.';
COMMENT ON COLUMN embedd.usage.cost_usd IS 'The cost at the prices of embedd.prices, else of embedd.models; null: the model has no price.';
CREATE TABLE embedd.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id text NOT NULL,
    name text NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])))
);
COMMENT ON TABLE embedd.users IS 'Users, on whose behalf calls act; each belongs to one organization.';
COMMENT ON COLUMN embedd.users.id IS 'The id that owner_id and created_by refer to.';
COMMENT ON COLUMN embedd.users.organization_id IS 'The organization of the user.';
COMMENT ON COLUMN embedd.users.name IS 'Unique in its organization.';
COMMENT ON COLUMN embedd.users.role IS 'owner and admin may do everything in their organization; member may change only their own objects.';
COMMENT ON COLUMN embedd.users.created_at IS 'When the user was made.';
COMMENT ON COLUMN embedd.users.disabled_at IS 'Since when the keys of the user are refused; null: they are accepted.';
CREATE TABLE embedd.verifications (
    task_id text NOT NULL,
    vector_table_id text NOT NULL,
    repair boolean NOT NULL,
    sweep boolean NOT NULL,
    missing bigint DEFAULT 0 NOT NULL,
    stale bigint DEFAULT 0 NOT NULL,
    orphaned bigint DEFAULT 0 NOT NULL,
    unreadable bigint DEFAULT 0 NOT NULL,
    waiting bigint DEFAULT 0 NOT NULL,
    skipped bigint DEFAULT 0 NOT NULL,
    dead bigint DEFAULT 0 NOT NULL,
    repaired bigint DEFAULT 0 NOT NULL,
    examples jsonb DEFAULT '{}'::jsonb NOT NULL,
    waiting_keys text[] DEFAULT '{}'::text[] NOT NULL
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.verifications IS 'What each verification found; its rows_processed are the rows compared. Drift is missing, stale, orphaned and unreadable rows.';
COMMENT ON COLUMN embedd.verifications.task_id IS 'The task that compares.';
COMMENT ON COLUMN embedd.verifications.vector_table_id IS 'The vector table that is compared.';
COMMENT ON COLUMN embedd.verifications.repair IS 'Whether rows that differ are queued to be brought up to date.';
COMMENT ON COLUMN embedd.verifications.sweep IS 'Not asked for by anybody: the daily one, slow and with repair.';
COMMENT ON COLUMN embedd.verifications.missing IS 'Rows in the source that are not in the store.';
COMMENT ON COLUMN embedd.verifications.stale IS 'Rows that the store holds in an old version.';
COMMENT ON COLUMN embedd.verifications.orphaned IS 'Rows in the store that are not in the source.';
COMMENT ON COLUMN embedd.verifications.unreadable IS 'Rows with a value that does not fit its configured type.';
COMMENT ON COLUMN embedd.verifications.waiting IS 'Rows that differ, but still wait to be synced: no drift.';
COMMENT ON COLUMN embedd.verifications.skipped IS 'Rows left out because the tier''s vectors are used up.';
COMMENT ON COLUMN embedd.verifications.dead IS 'Rows set aside with a reason.';
COMMENT ON COLUMN embedd.verifications.repaired IS 'Rows queued to be brought up to date.';
COMMENT ON COLUMN embedd.verifications.examples IS 'Some keys of each kind.';
COMMENT ON COLUMN embedd.verifications.waiting_keys IS 'Keys behind the checkpoint that have to be looked at again.';
ALTER TABLE ONLY embedd.api_keys
    ADD CONSTRAINT api_keys_digest_key UNIQUE (digest);
ALTER TABLE ONLY embedd.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.cached_vectors
    ADD CONSTRAINT cached_vectors_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY embedd.capture_audits
    ADD CONSTRAINT capture_audits_pkey PRIMARY KEY (capture_id);
ALTER TABLE ONLY embedd.captures
    ADD CONSTRAINT captures_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.captures
    ADD CONSTRAINT captures_source_table_key_column_key UNIQUE (source_table, key_columns);
ALTER TABLE ONLY embedd.connections
    ADD CONSTRAINT connections_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.consumer
    ADD CONSTRAINT consumer_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY embedd.daily_usage
    ADD CONSTRAINT daily_usage_pkey PRIMARY KEY (day, vector_table_id, embedder_id, provider, model, kind);
ALTER TABLE ONLY embedd.doorbell
    ADD CONSTRAINT doorbell_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY embedd.embedders
    ADD CONSTRAINT embedders_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.environments
    ADD CONSTRAINT environments_organization_id_name_key UNIQUE (organization_id, name);
ALTER TABLE ONLY embedd.environments
    ADD CONSTRAINT environments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.failed_logins
    ADD CONSTRAINT failed_logins_pkey PRIMARY KEY (minute, address);
ALTER TABLE ONLY embedd.fence_marks
    ADD CONSTRAINT fence_marks_pkey PRIMARY KEY (at);
ALTER TABLE ONLY embedd.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.instance
    ADD CONSTRAINT instance_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY embedd.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (generation_id, key);
ALTER TABLE ONLY embedd.looks
    ADD CONSTRAINT looks_pkey PRIMARY KEY (worker);
ALTER TABLE ONLY embedd.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (line, number);
ALTER TABLE ONLY embedd.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (provider, model);
ALTER TABLE ONLY embedd.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.organizations
    ADD CONSTRAINT organizations_name_key UNIQUE (name);
ALTER TABLE ONLY embedd.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.prices
    ADD CONSTRAINT prices_pkey PRIMARY KEY (provider, model);
ALTER TABLE ONLY embedd.ranges
    ADD CONSTRAINT ranges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.rate_buckets
    ADD CONSTRAINT rate_buckets_pkey PRIMARY KEY (embedder_id);
ALTER TABLE ONLY embedd.remote_outboxes
    ADD CONSTRAINT remote_outboxes_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY embedd.request_counts
    ADD CONSTRAINT request_counts_pkey PRIMARY KEY (organization_id);
ALTER TABLE ONLY embedd.row_states
    ADD CONSTRAINT row_states_pkey PRIMARY KEY (generation_id, key);
ALTER TABLE ONLY embedd.sealing
    ADD CONSTRAINT sealing_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY embedd.search_requests
    ADD CONSTRAINT search_requests_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY embedd.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.unread_stores
    ADD CONSTRAINT unread_stores_pkey PRIMARY KEY (generation_id);
ALTER TABLE ONLY embedd.users
    ADD CONSTRAINT users_organization_id_name_key UNIQUE (organization_id, name);
ALTER TABLE ONLY embedd.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_pkey PRIMARY KEY (id);
ALTER TABLE ONLY embedd.verifications
    ADD CONSTRAINT verifications_pkey PRIMARY KEY (task_id);
COMMENT ON INDEX embedd.api_keys_digest_key IS 'Finds a key by its digest, for every request.';
CREATE INDEX api_keys_minted_by ON embedd.api_keys USING btree (minted_by);
COMMENT ON INDEX embedd.api_keys_minted_by IS 'Finds the keys that were made with a key.';
COMMENT ON INDEX embedd.api_keys_pkey IS 'Finds a key by its id.';
CREATE INDEX api_keys_place ON embedd.api_keys USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.api_keys_place IS 'Lists the keys of an organization, oldest first.';
COMMENT ON INDEX embedd.audit_log_pkey IS 'Finds an entry by its number.';
CREATE INDEX audit_log_place ON embedd.audit_log USING btree (organization_id, at, id);
COMMENT ON INDEX embedd.audit_log_place IS 'Lists the entries of an organization, newest first.';
COMMENT ON INDEX embedd.cached_vectors_pkey IS 'Finds a vector by its digest.';
CREATE INDEX cached_vectors_used_on ON embedd.cached_vectors USING btree (used_on);
COMMENT ON INDEX embedd.cached_vectors_used_on IS 'Finds the least recently used vectors, which are removed first.';
COMMENT ON INDEX embedd.capture_audits_pkey IS 'Finds the last check of a capture.';
COMMENT ON INDEX embedd.captures_pkey IS 'Finds a capture by its number.';
COMMENT ON INDEX embedd.captures_source_table_key_column_key IS 'Allows one capture for a table and key; vector tables share it.';
COMMENT ON INDEX embedd.connections_pkey IS 'Finds a connection by its id.';
CREATE INDEX connections_place ON embedd.connections USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.connections_place IS 'Lists the connections of an environment, oldest first.';
COMMENT ON INDEX embedd.consumer_pkey IS 'Allows the table one row.';
CREATE INDEX daily_usage_embedder ON embedd.daily_usage USING btree (embedder_id, day);
COMMENT ON INDEX embedd.daily_usage_embedder IS 'Finds the usage of an embedder this month, for its budget.';
COMMENT ON INDEX embedd.daily_usage_pkey IS 'Allows one row per day, vector table, embedder, provider, model and kind.';
COMMENT ON INDEX embedd.doorbell_pkey IS 'Allows the table one row.';
CREATE UNIQUE INDEX embedders_once ON embedd.embedders USING btree (duplicate_key);
COMMENT ON INDEX embedd.embedders_once IS 'Allows an owner only one embedder with the same configuration on /v1/embedders.';
COMMENT ON INDEX embedd.embedders_pkey IS 'Finds an embedder by its UUID.';
CREATE INDEX embedders_place ON embedd.embedders USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.embedders_place IS 'Lists the embedders of an environment, oldest first.';
CREATE UNIQUE INDEX embedders_public_id_key ON embedd.embedders USING btree (organization_id, public_id);
COMMENT ON INDEX embedd.embedders_public_id_key IS 'Finds an embedder by its emb_ id.';
COMMENT ON INDEX embedd.environments_organization_id_name_key IS 'Names are unique in an organization.';
COMMENT ON INDEX embedd.environments_pkey IS 'Finds an environment by its id.';
CREATE INDEX environments_place ON embedd.environments USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.environments_place IS 'Lists the environments of an organization, oldest first.';
COMMENT ON INDEX embedd.failed_logins_pkey IS 'One count for each address and minute.';
COMMENT ON INDEX embedd.fence_marks_pkey IS 'Allows one mark for each time.';
CREATE INDEX generations_embedder ON embedd.generations USING btree (embedder_id);
COMMENT ON INDEX embedd.generations_embedder IS 'Finds the stores that use an embedder.';
CREATE UNIQUE INDEX generations_one_active ON embedd.generations USING btree (vector_table_id) WHERE (state = 'active'::text);
COMMENT ON INDEX embedd.generations_one_active IS 'Allows a vector table one active store.';
CREATE UNIQUE INDEX generations_one_building ON embedd.generations USING btree (vector_table_id) WHERE (state = 'building'::text);
COMMENT ON INDEX embedd.generations_one_building IS 'Allows a vector table one store that is being built.';
COMMENT ON INDEX embedd.generations_pkey IS 'Finds a store by its number.';
CREATE INDEX generations_vector_table ON embedd.generations USING btree (vector_table_id);
COMMENT ON INDEX embedd.generations_vector_table IS 'Finds the stores of a vector table.';
COMMENT ON INDEX embedd.instance_pkey IS 'Allows the table one row.';
CREATE INDEX jobs_dead ON embedd.jobs USING btree (generation_id) WHERE (state = 'dead'::text);
COMMENT ON INDEX embedd.jobs_dead IS 'Finds rows that were set aside.';
CREATE INDEX jobs_due ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE (state = 'queued'::text);
COMMENT ON INDEX embedd.jobs_due IS 'Finds the next due jobs in a lane of a store.';
COMMENT ON INDEX embedd.jobs_pkey IS 'Allows a dirty key one job.';
CREATE INDEX jobs_suspect ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE ((state = 'queued'::text) AND (crashes > 0));
COMMENT ON INDEX embedd.jobs_suspect IS 'Finds jobs with which workers ended; they are tried alone.';
COMMENT ON INDEX embedd.looks_pkey IS 'Finds the look of a worker.';
COMMENT ON INDEX embedd.migrations_pkey IS 'Allows each migration to run once.';
COMMENT ON INDEX embedd.models_pkey IS 'Allows a model one description.';
COMMENT ON INDEX embedd.notices_pkey IS 'Finds a notice by its number.';
COMMENT ON INDEX embedd.organizations_name_key IS 'Names of organizations are unique.';
COMMENT ON INDEX embedd.organizations_pkey IS 'Finds an organization by its id.';
CREATE INDEX outbox_id ON embedd.outbox USING brin (id) WITH (pages_per_range='16');
COMMENT ON INDEX embedd.outbox_id IS 'Lets readers skip events that were taken; costs writers almost nothing.';
COMMENT ON INDEX embedd.prices_pkey IS 'Finds the price of a model.';
COMMENT ON INDEX embedd.ranges_pkey IS 'Finds a range by its number.';
CREATE INDEX ranges_place ON embedd.ranges USING btree (generation_id, id);
COMMENT ON INDEX embedd.ranges_place IS 'Lists the ranges of a store in the order of keys.';
COMMENT ON INDEX embedd.rate_buckets_pkey IS 'Finds the bucket of an embedder.';
COMMENT ON INDEX embedd.remote_outboxes_pkey IS 'Allows a connection one row.';
COMMENT ON INDEX embedd.request_counts_pkey IS 'Allows an organization one row.';
COMMENT ON INDEX embedd.row_states_pkey IS 'Finds the state of a row; ordered by key, to compare ranges.';
COMMENT ON INDEX embedd.sealing_pkey IS 'Allows the table one row.';
CREATE INDEX search_requests_kept ON embedd.search_requests USING btree (organization_id, kept_until);
COMMENT ON INDEX embedd.search_requests_kept IS 'Finds the newest results of an organization.';
CREATE INDEX search_requests_open ON embedd.search_requests USING btree (organization_id) WHERE (asked > answered);
COMMENT ON INDEX embedd.search_requests_open IS 'Finds the requests that wait or are being answered.';
COMMENT ON INDEX embedd.search_requests_pkey IS 'Finds a request by its content.';
CREATE INDEX tasks_filling ON embedd.tasks USING btree (generation_id, created_at) WHERE (task_type = ANY (ARRAY['backfill'::text, 'rebackfill'::text]));
COMMENT ON INDEX embedd.tasks_filling IS 'Finds the backfills of a generation.';
CREATE UNIQUE INDEX tasks_one_running ON embedd.tasks USING btree (generation_id, ((task_type = 'reconcile'::text))) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type <> 'verify'::text));
COMMENT ON INDEX embedd.tasks_one_running IS 'Allows a store one backfill and one reconcile at a time.';
CREATE UNIQUE INDEX tasks_one_verifying ON embedd.tasks USING btree (generation_id) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type = 'verify'::text));
COMMENT ON INDEX embedd.tasks_one_verifying IS 'Allows a store one verification at a time.';
COMMENT ON INDEX embedd.tasks_pkey IS 'Finds a task by its id.';
CREATE INDEX tasks_place ON embedd.tasks USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.tasks_place IS 'Lists the tasks of an organization, newest first.';
CREATE INDEX tasks_target ON embedd.tasks USING btree (target_id, finished_at) WHERE (task_type = 'verify'::text);
COMMENT ON INDEX embedd.tasks_target IS 'Finds the last verification of a vector table.';
COMMENT ON INDEX embedd.unread_stores_pkey IS 'Allows a store one row.';
COMMENT ON INDEX embedd.users_organization_id_name_key IS 'Names are unique in an organization.';
COMMENT ON INDEX embedd.users_pkey IS 'Finds a user by its id.';
CREATE INDEX vector_tables_capture ON embedd.vector_tables USING btree (capture_id);
COMMENT ON INDEX embedd.vector_tables_capture IS 'Finds the vector tables that share a capture.';
CREATE INDEX vector_tables_embedder ON embedd.vector_tables USING btree (embedder_id);
COMMENT ON INDEX embedd.vector_tables_embedder IS 'Finds the vector tables that use an embedder.';
COMMENT ON INDEX embedd.vector_tables_pkey IS 'Finds a vector table by its id.';
CREATE INDEX vector_tables_place ON embedd.vector_tables USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.vector_tables_place IS 'Lists the vector tables of an environment, oldest first.';
CREATE INDEX vector_tables_remote_capture ON embedd.vector_tables USING btree (connection_id, remote_capture_id) WHERE (remote_capture_id IS NOT NULL);
COMMENT ON INDEX embedd.vector_tables_remote_capture IS 'Finds the vector tables with triggers in a remote database.';
COMMENT ON INDEX embedd.verifications_pkey IS 'Finds the verification of a task.';
CREATE INDEX verifications_vector_table ON embedd.verifications USING btree (vector_table_id);
COMMENT ON INDEX embedd.verifications_vector_table IS 'Finds the verifications of a vector table.';
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON embedd.audit_log FOR EACH STATEMENT EXECUTE FUNCTION embedd_internal.refuse_audit_change();
ALTER TABLE embedd.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
COMMENT ON TRIGGER audit_log_append_only ON embedd.audit_log IS 'Refuses to change or remove entries.';
CREATE TRIGGER captures_of_own_tables BEFORE INSERT OR UPDATE ON embedd.captures FOR EACH ROW EXECUTE FUNCTION embedd_internal.refuse_foreign_capture();
ALTER TABLE embedd.captures ENABLE ALWAYS TRIGGER captures_of_own_tables;
COMMENT ON TRIGGER captures_of_own_tables ON embedd.captures IS 'Refuses captures of a table that the current role does not own.';
CREATE TRIGGER doorbell_make_way BEFORE INSERT ON embedd.doorbell FOR EACH ROW EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.doorbell ENABLE ALWAYS TRIGGER doorbell_make_way;
COMMENT ON TRIGGER doorbell_make_way ON embedd.doorbell IS 'Lets a row of a dump replace the installed row.';
CREATE TRIGGER models_make_way BEFORE INSERT ON embedd.models FOR EACH ROW WHEN ((new.origin = 'operator'::text)) EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.models ENABLE ALWAYS TRIGGER models_make_way;
COMMENT ON TRIGGER models_make_way ON embedd.models IS 'Lets a model that an operator describes replace the shipped one.';
CREATE TRIGGER organizations_make_way BEFORE INSERT ON embedd.organizations FOR EACH ROW WHEN ((new.id = 'org_self_hosted'::text)) EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.organizations ENABLE ALWAYS TRIGGER organizations_make_way;
COMMENT ON TRIGGER organizations_make_way ON embedd.organizations IS 'Lets a row of a dump replace the installed row.';
CREATE TRIGGER sealing_make_way BEFORE INSERT ON embedd.sealing FOR EACH ROW EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.sealing ENABLE ALWAYS TRIGGER sealing_make_way;
COMMENT ON TRIGGER sealing_make_way ON embedd.sealing IS 'Lets a row of a dump replace the installed row.';
CREATE TRIGGER vector_tables_keep_condition BEFORE INSERT OR UPDATE OF condition, condition_columns ON embedd.vector_tables FOR EACH ROW EXECUTE FUNCTION embedd_internal.keep_condition();
ALTER TABLE embedd.vector_tables ENABLE ALWAYS TRIGGER vector_tables_keep_condition;
COMMENT ON TRIGGER vector_tables_keep_condition ON embedd.vector_tables IS 'Refuses a condition that embedd_internal.read_condition() does not accept.';
ALTER TABLE ONLY embedd.api_keys
    ADD CONSTRAINT api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.api_keys
    ADD CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES embedd.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.capture_audits
    ADD CONSTRAINT capture_audits_capture_id_fkey FOREIGN KEY (capture_id) REFERENCES embedd.captures(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.connections
    ADD CONSTRAINT connections_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES embedd.environments(id);
ALTER TABLE ONLY embedd.connections
    ADD CONSTRAINT connections_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.daily_usage
    ADD CONSTRAINT daily_usage_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.embedders
    ADD CONSTRAINT embedders_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES embedd.environments(id);
ALTER TABLE ONLY embedd.embedders
    ADD CONSTRAINT embedders_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.embedders
    ADD CONSTRAINT embedders_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES embedd.users(id);
ALTER TABLE ONLY embedd.environments
    ADD CONSTRAINT environments_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.generations
    ADD CONSTRAINT generations_embedder_id_fkey FOREIGN KEY (embedder_id) REFERENCES embedd.embedders(id) ON DELETE SET NULL;
ALTER TABLE ONLY embedd.generations
    ADD CONSTRAINT generations_vector_table_id_fkey FOREIGN KEY (vector_table_id) REFERENCES embedd.vector_tables(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.jobs
    ADD CONSTRAINT jobs_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.notices
    ADD CONSTRAINT notices_vector_table_id_fkey FOREIGN KEY (vector_table_id) REFERENCES embedd.vector_tables(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.ranges
    ADD CONSTRAINT ranges_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.ranges
    ADD CONSTRAINT ranges_task_id_fkey FOREIGN KEY (task_id) REFERENCES embedd.tasks(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.rate_buckets
    ADD CONSTRAINT rate_buckets_embedder_id_fkey FOREIGN KEY (embedder_id) REFERENCES embedd.embedders(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.remote_outboxes
    ADD CONSTRAINT remote_outboxes_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES embedd.connections(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.row_states
    ADD CONSTRAINT row_states_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.search_requests
    ADD CONSTRAINT search_requests_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.search_requests
    ADD CONSTRAINT search_requests_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.tasks
    ADD CONSTRAINT tasks_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.tasks
    ADD CONSTRAINT tasks_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.tasks
    ADD CONSTRAINT tasks_target_id_fkey FOREIGN KEY (target_id) REFERENCES embedd.vector_tables(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.unread_stores
    ADD CONSTRAINT unread_stores_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES embedd.generations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.users
    ADD CONSTRAINT users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_capture_id_fkey FOREIGN KEY (capture_id) REFERENCES embedd.captures(id);
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES embedd.connections(id);
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_embedder_id_fkey FOREIGN KEY (embedder_id) REFERENCES embedd.embedders(id) ON DELETE SET NULL;
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES embedd.environments(id);
ALTER TABLE ONLY embedd.vector_tables
    ADD CONSTRAINT vector_tables_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES embedd.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.verifications
    ADD CONSTRAINT verifications_task_id_fkey FOREIGN KEY (task_id) REFERENCES embedd.tasks(id) ON DELETE CASCADE;
ALTER TABLE ONLY embedd.verifications
    ADD CONSTRAINT verifications_vector_table_id_fkey FOREIGN KEY (vector_table_id) REFERENCES embedd.vector_tables(id) ON DELETE CASCADE;
ALTER TABLE embedd.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.daily_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY embedd_admin ON embedd.api_keys TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.api_keys IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.audit_log TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.audit_log IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.connections TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.connections IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.daily_usage TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.daily_usage IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.embedders TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.embedders IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.environments TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.environments IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.generations TO embedd_admin USING ((EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = generations.vector_table_id))));
COMMENT ON POLICY embedd_admin ON embedd.generations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.notices TO embedd_admin USING (((vector_table_id IS NULL) OR (EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = notices.vector_table_id)))));
COMMENT ON POLICY embedd_admin ON embedd.notices IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.organizations TO embedd_admin USING ((id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.organizations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.rate_buckets TO embedd_admin USING ((EXISTS ( SELECT
   FROM embedd.embedders p
  WHERE (p.id = rate_buckets.embedder_id))));
COMMENT ON POLICY embedd_admin ON embedd.rate_buckets IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.remote_outboxes TO embedd_admin USING ((EXISTS ( SELECT
   FROM embedd.connections p
  WHERE (p.id = remote_outboxes.connection_id))));
COMMENT ON POLICY embedd_admin ON embedd.remote_outboxes IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.request_counts TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.request_counts IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.search_requests TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.search_requests IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.tasks TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.tasks IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.unread_stores TO embedd_admin USING ((EXISTS ( SELECT
   FROM embedd.generations p
  WHERE (p.id = unread_stores.generation_id))));
COMMENT ON POLICY embedd_admin ON embedd.unread_stores IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.users TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.users IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.vector_tables TO embedd_admin USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_admin ON embedd.vector_tables IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_admin ON embedd.verifications TO embedd_admin USING ((EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = verifications.vector_table_id))));
COMMENT ON POLICY embedd_admin ON embedd.verifications IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.api_keys TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.api_keys IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.audit_log TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.audit_log IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.connections TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.connections IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.daily_usage TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.daily_usage IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.embedders TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.embedders IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.environments TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.environments IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.generations TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.generations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.notices TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.notices IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.organizations TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.organizations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.rate_buckets TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.rate_buckets IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.remote_outboxes TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.remote_outboxes IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.request_counts TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.request_counts IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.search_requests TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.search_requests IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.tasks TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.tasks IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.unread_stores TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.unread_stores IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.users TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.users IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.vector_tables TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.vector_tables IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_definer ON embedd.verifications TO embedd_definer USING (true);
COMMENT ON POLICY embedd_definer ON embedd.verifications IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.api_keys TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.api_keys IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.audit_log TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.audit_log IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.connections TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.connections IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.daily_usage TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.daily_usage IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.embedders TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.embedders IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.environments TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.environments IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.generations TO embedd_reader USING ((EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = generations.vector_table_id))));
COMMENT ON POLICY embedd_reader ON embedd.generations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.notices TO embedd_reader USING (((vector_table_id IS NULL) OR (EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = notices.vector_table_id)))));
COMMENT ON POLICY embedd_reader ON embedd.notices IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.organizations TO embedd_reader USING ((id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.organizations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.rate_buckets TO embedd_reader USING ((EXISTS ( SELECT
   FROM embedd.embedders p
  WHERE (p.id = rate_buckets.embedder_id))));
COMMENT ON POLICY embedd_reader ON embedd.rate_buckets IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.remote_outboxes TO embedd_reader USING ((EXISTS ( SELECT
   FROM embedd.connections p
  WHERE (p.id = remote_outboxes.connection_id))));
COMMENT ON POLICY embedd_reader ON embedd.remote_outboxes IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.request_counts TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.request_counts IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.search_requests TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.search_requests IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.tasks TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.tasks IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.unread_stores TO embedd_reader USING ((EXISTS ( SELECT
   FROM embedd.generations p
  WHERE (p.id = unread_stores.generation_id))));
COMMENT ON POLICY embedd_reader ON embedd.unread_stores IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.users TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.users IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.vector_tables TO embedd_reader USING ((organization_id = ( SELECT embedd_internal.acting_organization() AS acting_organization)));
COMMENT ON POLICY embedd_reader ON embedd.vector_tables IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_reader ON embedd.verifications TO embedd_reader USING ((EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = verifications.vector_table_id))));
COMMENT ON POLICY embedd_reader ON embedd.verifications IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.api_keys TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.api_keys IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.audit_log TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.audit_log IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.connections TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.connections IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.daily_usage TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.daily_usage IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.embedders TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.embedders IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.environments TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.environments IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.generations TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = generations.vector_table_id)))));
COMMENT ON POLICY embedd_worker ON embedd.generations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.notices TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR ((vector_table_id IS NULL) OR (EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = notices.vector_table_id))))));
COMMENT ON POLICY embedd_worker ON embedd.notices IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.organizations TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.organizations IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.rate_buckets TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (EXISTS ( SELECT
   FROM embedd.embedders p
  WHERE (p.id = rate_buckets.embedder_id)))));
COMMENT ON POLICY embedd_worker ON embedd.rate_buckets IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.remote_outboxes TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (EXISTS ( SELECT
   FROM embedd.connections p
  WHERE (p.id = remote_outboxes.connection_id)))));
COMMENT ON POLICY embedd_worker ON embedd.remote_outboxes IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.request_counts TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.request_counts IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.search_requests TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.search_requests IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.tasks TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.tasks IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.unread_stores TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (EXISTS ( SELECT
   FROM embedd.generations p
  WHERE (p.id = unread_stores.generation_id)))));
COMMENT ON POLICY embedd_worker ON embedd.unread_stores IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.users TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.users IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.vector_tables TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (organization_id = ( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce"))));
COMMENT ON POLICY embedd_worker ON embedd.vector_tables IS 'Which rows it sees and changes, as protect_rows() says.';
CREATE POLICY embedd_worker ON embedd.verifications TO embedd_worker USING (((( SELECT COALESCE(current_setting('embedd.organization'::text, true), ''::text) AS "coalesce") = ''::text) OR (EXISTS ( SELECT
   FROM embedd.vector_tables p
  WHERE (p.id = verifications.vector_table_id)))));
COMMENT ON POLICY embedd_worker ON embedd.verifications IS 'Which rows it sees and changes, as protect_rows() says.';
ALTER TABLE embedd.embedders ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.environments ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.generations ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.rate_buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.remote_outboxes ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.request_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.search_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.unread_stores ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.vector_tables ENABLE ROW LEVEL SECURITY;
ALTER TABLE embedd.verifications ENABLE ROW LEVEL SECURITY;
GRANT ALL ON SCHEMA embedd TO embedd_capture;
GRANT USAGE ON SCHEMA embedd TO embedd_definer;
GRANT USAGE ON SCHEMA embedd TO embedd_admin;
GRANT USAGE ON SCHEMA embedd TO embedd_reader;
GRANT USAGE ON SCHEMA embedd TO embedd_worker;
GRANT USAGE ON SCHEMA embedd_internal TO embedd_capture;
GRANT USAGE ON SCHEMA embedd_internal TO embedd_definer;
GRANT USAGE ON SCHEMA embedd_internal TO embedd_admin;
GRANT USAGE ON SCHEMA embedd_internal TO embedd_reader;
GRANT USAGE ON SCHEMA embedd_internal TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.add_model(provider text, model text, dimensions integer, sizes text, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, kind text, retired_on date, successor text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.add_model(provider text, model text, dimensions integer, sizes text, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, kind text, retired_on date, successor text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.add_model(provider text, model text, dimensions integer, sizes text, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, kind text, retired_on date, successor text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.adopt() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.adopt() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.adopt() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.backfill(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.backfill(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.backfill(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.cancel_task(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.cancel_task(task text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text, expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text, expires_at timestamp with time zone) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean, authentication text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean, authentication text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_environment(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_environment(name text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.create_environment(name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_local_connection(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_local_connection(name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_roles() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.create_user(name text, role text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_user(name text, role text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.create_user(name text, role text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.dead_letters(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.dead_letters(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_connection(connection text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_connection(connection text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.delete_connection(connection text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_environment(environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_environment(environment text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.delete_environment(environment text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_organization(organization text, confirm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_organization(organization text, confirm boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.delete_organization(organization text, confirm boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_user("user" text, heir text, confirm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_user("user" text, heir text, confirm boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.detach() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.detach() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.detach() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.disable_organization(organization text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.disable_organization(organization text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.disable_user("user" text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.disable_user("user" text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.disable_user("user" text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.drift(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.drift(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.drift(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.drift(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.drop_vector_table(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.drop_vector_table(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.drop_vector_table(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.enable_organization(organization text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.enable_organization(organization text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.enable_user("user" text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.enable_user("user" text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.enable_user("user" text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_api_key(api_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_api_key(api_key text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_api_key(api_key text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_connection(connection text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_connection(connection text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_connection(connection text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_embedder(embedder text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_embedder(embedder text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_embedder(embedder text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_embedder_record(embedder uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_embedder_record(embedder uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_embedder_record(embedder uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_environment(environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_environment(environment text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_environment(environment text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_task(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_task(task text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_task(task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.get_task(task text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.get_vector_table(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_vector_table(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.get_vector_table(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.get_vector_table(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.grant_rights(p_captures boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.health(patience interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_reader;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.instance_status() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_reader;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_audit("limit" integer, before_created_at timestamp with time zone, before_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_audit("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_models(of_provider text, of_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_models(of_provider text, of_kind text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_models(of_provider text, of_kind text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_organizations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_organizations() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.list_users() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_users() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_users() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.minted_keys(api_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.minted_keys(api_key text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.minted_keys(api_key text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.models() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.models() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.models() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.oldest_program() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_reader;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.pause_sync(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.pause_sync(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.pause_sync(vector_table text) TO embedd_admin;
REVOKE ALL ON PROCEDURE embedd.prepare_search(IN vector_table text, IN query text, IN "limit" integer, IN filters jsonb, IN search_mode text, IN min_similarity_score double precision, IN rerank jsonb, IN timeout interval, IN "like" jsonb, IN score_threshold double precision, IN without text[], IN query_vector real[]) FROM PUBLIC;
GRANT ALL ON PROCEDURE embedd.prepare_search(IN vector_table text, IN query text, IN "limit" integer, IN filters jsonb, IN search_mode text, IN min_similarity_score double precision, IN rerank jsonb, IN timeout interval, IN "like" jsonb, IN score_threshold double precision, IN without text[], IN query_vector real[]) TO embedd_admin;
GRANT ALL ON PROCEDURE embedd.prepare_search(IN vector_table text, IN query text, IN "limit" integer, IN filters jsonb, IN search_mode text, IN min_similarity_score double precision, IN rerank jsonb, IN timeout interval, IN "like" jsonb, IN score_threshold double precision, IN without text[], IN query_vector real[]) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.remove_model(provider text, model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.remove_model(provider text, model text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.remove_model(provider text, model text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resume_sync(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resume_sync(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.resume_sync(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.revoke_api_key(api_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.revoke_api_key(api_key text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.revoke_api_key(api_key text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.role_rights() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.role_rights() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.role_rights() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb, "select" text[], "like" jsonb, score_threshold double precision, without text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb, "select" text[], "like" jsonb, score_threshold double precision, without text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb, "select" text[], "like" jsonb, score_threshold double precision, without text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb, "select" text[], "like" jsonb, score_threshold double precision, without text[]) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.set_embedder_details(embedder text, description text, labels jsonb, api_path text, dimensionality integer, max_sequence_length integer, distribution_type text, supported_modalities text[], version text, monitoring_endpoint text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_embedder_details(embedder text, description text, labels jsonb, api_path text, dimensionality integer, max_sequence_length integer, distribution_type text, supported_modalities text[], version text, monitoring_endpoint text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.set_embedder_details(embedder text, description text, labels jsonb, api_path text, dimensionality integer, max_sequence_length integer, distribution_type text, supported_modalities text[], version text, monitoring_endpoint text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_tier(organization text, tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_tier(organization text, tier text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.sync_status(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.sync_status(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.sync_status(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.sync_status(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.tier_limits(tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.tier_limits(tier text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.tier_limits(tier text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.tier_limits(tier text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.uninstall(confirm boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.uninstall_parts() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean, authentication text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean, authentication text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.vector_budget() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.vector_budget() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.vector_table_schema(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.vector_table_schema(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.vector_table_schema(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.vector_table_schema(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.verification(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.verification(task text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.verification(task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.verification(task text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.verify(vector_table text, repair boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.verify(vector_table text, repair boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.verify(vector_table text, repair boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.version() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.version() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.version() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.version() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.acting_environment() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_environment() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_environment() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.acting_environment() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.acting_environment() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.acting_key() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_key() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_key() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.acting_organization() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.acting_role() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_role() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_role() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.acting_user() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_user() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_user() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.active_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.active_generation(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.active_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.add_words() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.add_words() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.add_words() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.allowed_operators(p_type text, p_store text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.answer_search(p_digest bytea, p_worker text, p_ask bigint, p_generation_id bigint, p_vector real[], p_answer jsonb, p_refusal jsonb) TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.embedders TO embedd_definer;
GRANT DELETE ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT ON TABLE embedd.embedders TO embedd_worker;
GRANT SELECT(id),UPDATE(id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(organization_id),UPDATE(organization_id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(environment_id),UPDATE(environment_id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(environment_id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(owner_id),UPDATE(owner_id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(name),UPDATE(name) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(name) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(provider),UPDATE(provider) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(model),UPDATE(model) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(base_url),UPDATE(base_url) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(secret_ref),UPDATE(secret_ref) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(created_at),UPDATE(created_at) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(description),UPDATE(description) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(provider_type),UPDATE(provider_type) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(api_path),UPDATE(api_path) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(dimensionality),UPDATE(dimensionality) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(distribution_type),UPDATE(distribution_type) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(max_sequence_length),UPDATE(max_sequence_length) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(supported_modalities),UPDATE(supported_modalities) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(labels),UPDATE(labels) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(version),UPDATE(version) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(monitoring_endpoint),UPDATE(monitoring_endpoint) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(credentials_form),UPDATE(credentials_form) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(created_by),UPDATE(created_by) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(updated_by),UPDATE(updated_by) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(updated_at),UPDATE(updated_at) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(monthly_token_budget),UPDATE(monthly_token_budget) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(requests_per_minute),UPDATE(requests_per_minute) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(tokens_per_minute),UPDATE(tokens_per_minute) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(shown_id),UPDATE(shown_id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(shown_id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(public_id),UPDATE(public_id) ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT(public_id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(secret_removed),UPDATE(secret_removed) ON TABLE embedd.embedders TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.asking_role() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.asking_role() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.asking_role() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.authenticate(p_digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.authenticate(p_digest bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.authenticate_search(p_digest bytea, p_environment text, p_vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.authenticate_search(p_digest bytea, p_environment text, p_vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.authenticate_search(p_digest bytea, p_environment text, p_vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.await_search(p_asked jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.await_search(p_asked jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.await_search(p_asked jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.begin_verification(p_task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.brief_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.brief_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.brief_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.canonical_url(p_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.canonical_url(p_url text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.canonical_url(p_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) TO embedd_capture;
GRANT ALL ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.capture_relations(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.capture_relations(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.capture_relations(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.capture_relations(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.capture_state(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.capture_state(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.capture_state(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.capture_state(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_chunking(p_chunking jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_chunking(p_chunking jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_chunking(p_chunking jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_store text, p_path text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_store text, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_filter_operand(p_takes text, p_type jsonb, p_operand jsonb, p_path text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_instance(p_seen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_instance(p_seen bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_instance(p_seen bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_instance(p_seen bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_labels(p_labels jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_labels(p_labels jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_labels(p_labels jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_like(p_like jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_like(p_like jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_like(p_like jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_like(p_like jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_like(p_like jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_owner_left(p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_owner_left(p_user uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_owner_left(p_user uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_platform(p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_platform(p_source jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_platform(p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_quota(p_kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_quota(p_kind text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_quota(p_kind text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_search_rights(p_generation jsonb, p_need jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_select(p_generation jsonb, p_select jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_tier(p_tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_tier(p_tier text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_tier(p_tier text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.check_without(p_without jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_without(p_without jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_without(p_without jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_without(p_without jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.check_without(p_without jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.check_workers(p_columns jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_workers(p_columns jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_workers(p_columns jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_count(p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_count(p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_count(p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_count(p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_searches(p_worker text, p_stores text[], p_lease interval, p_limit integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.connection_secret(p_connection_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.connection_secret(p_connection_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.connection_secret(p_connection_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_disabled() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_disabled() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_disabled() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.count_disabled() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_failed_login(p_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_failed_login(p_address text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_known(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_known(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.count_known(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_known(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_outbox(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_outbox(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_outbox(p_capture_id integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_search(p_organization_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_search(p_organization_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.count_search(p_organization_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.count_unread_stores() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_unread_stores() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.count_unread_stores() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_unread_stores() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.count_waiting(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.count_waiting(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.count_waiting(p_generation_id bigint) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.create_capture_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.create_definer_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.create_forwards() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.create_own_role(p_role name, p_purpose text) FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd_internal.describe_source(source_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.describe_source(source_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.describe_source(source_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.describe_source(source_table text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.due_counts() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.due_counts() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.due_counts() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.due_counts() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.due_searches() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.due_searches() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.due_searches() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.due_searches() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.embedder_records() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.embedder_records() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.embedder_records() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.empty_stores() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.empty_stores() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.end_leases(p_worker text, p_looked_at timestamp with time zone) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.end_vector_table(p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.end_vector_table(p_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.end_vector_table(p_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.enum_name(p_schema text, p_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.enum_name(p_schema text, p_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.enum_name(p_schema text, p_type text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_operators() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_operators() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_operators() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_operators() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_operators() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_time(p_time text, p_path text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_types() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_types() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_types() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_types() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_types() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.filter_values(p_type jsonb, p_values jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.find_search_version(p_organization_id text, p_user_id uuid, p_environment text, p_vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.find_search_version(p_organization_id text, p_user_id uuid, p_environment text, p_vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.find_search_version(p_organization_id text, p_user_id uuid, p_environment text, p_vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.find_work() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_connection_test(p_connection_id text, p_found jsonb, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_connection_test(p_connection_id text, p_found jsonb, p_error text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.follow_clock() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.follow_clock() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.follow_clock() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.follow_clock() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.forget_events(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.forget_events(p_capture_id integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.forget_organizations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.forget_organizations() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.forget_organizations() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.forget_searches() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.forget_searches() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.forget_searches() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.forget_searches() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.free_outboxes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.free_outboxes() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.free_outboxes() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.free_outboxes() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.get_active_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.get_active_generation(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.get_active_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.get_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.get_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.get_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.get_searchable_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.get_searchable_generation(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.get_searchable_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.has_words(p_table text, p_words text, p_texts text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.highest_token() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.highest_token() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.indexed_words() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.indexed_words() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.indexed_words() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.indexed_words() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.installation() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.installation() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.installation() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.installation() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.instance_message(p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.instance_message(p_state text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.instance_message(p_state text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.instance_message(p_state text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.instance_message(p_state text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.instance_state() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.instance_state() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.instance_state() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.instance_state() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.instance_state() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.is_fetched(p_connection_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_fetched(p_connection_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_fetched(p_connection_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.is_interrupted(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.is_large(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.keep_baseline(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.keep_baseline(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.keep_baseline(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.keep_baseline(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.keep_condition() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.keep_condition() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.keep_condition() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) TO embedd_capture;
GRANT ALL ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.last_backfill(p_vector_table_id text, OUT status text, OUT task_type text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.like_vector(p_generation jsonb, p_like jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_aliases() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_aliases() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.list_aliases() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_aliases() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_credentials() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_credentials() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_credentials() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_dropped() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_dropped() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.list_dropped() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_dropped() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_dropped_captures() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_dropped_captures() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.list_dropped_captures() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_dropped_captures() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_envelopes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_envelopes() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.list_generations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_generations() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.list_generations() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_generations() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_metrics(p_tables integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_metrics(p_tables integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.list_metrics(p_tables integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.list_sealed() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_sealed() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.load_embedder(p_embedder text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.load_embedder(p_embedder text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.load_embedder(p_embedder text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.make_way() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.make_way() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.make_way() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.max_key_bytes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.max_key_bytes() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.max_key_bytes() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.max_key_bytes() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.may_range(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.may_range(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.may_range(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.may_range(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.mean_direction(p_like jsonb, p_keys text[], p_vectors double precision[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.merge_words() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.merge_words() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.merge_words() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.model_limits(p_provider text, p_model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.model_limits(p_provider text, p_model text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.model_limits(p_provider text, p_model text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.model_warning(p_provider text, p_model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.model_warning(p_provider text, p_model text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.model_warning(p_provider text, p_model text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.needed_columns(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.needed_columns(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.needed_columns(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.needed_migration(p_columns jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.needed_migration(p_columns jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.needed_migration(p_columns jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.new_embedder() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.new_embedder() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.new_embedder() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.note_change(p_operation text, p_target text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.note_change(p_operation text, p_target text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.note_change(p_operation text, p_target text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.note_stalls() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.note_stalls() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.note_stalls() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.note_stalls() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.oldest_envelope() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.oldest_envelope() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.oldest_envelope() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.oldest_event() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.oldest_event() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.oldest_event() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.oldest_event() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.oldest_jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.oldest_jobs() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.oldest_jobs() TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.oldest_jobs() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.partial_answer(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.peers(p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.peers(p_worker text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.peers(p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.peers(p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text, p_dimensions integer, p_vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text, p_dimensions integer, p_vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text, p_dimensions integer, p_vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid, p_provider_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid, p_provider_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid, p_provider_type text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.prepare_line(p_vector_table text, p_request jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb, p_known text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.prepared_search(p_generation_id bigint, p_need jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.protect_rows() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd_internal.providers() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.providers() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.providers() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.prunable_token() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prunable_token() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.prunable_token() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.prunable_token() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.ranked_texts() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.ranked_texts() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.ranked_texts() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.ranked_texts() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.ranked_words() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.ranked_words() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.ranked_words() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.ranked_words() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.read_sizes(p_sizes text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.read_sizes(p_sizes text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.read_sizes(p_sizes text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_end(p_worker text, p_released boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_look(p_worker text, p_error text, p_knows integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_schedule(p_worker text, p_every interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.refuse_audit_change() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refuse_audit_change() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refuse_audit_change() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.refuse_foreign_capture() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refuse_foreign_capture() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refuse_foreign_capture() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.refuse_transaction_block(p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.refuse_transaction_block(p_message text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.refuse_transaction_block(p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.refuse_transaction_block(p_message text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.release_searches(p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.release_searches(p_worker text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.release_searches(p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.release_searches(p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.remove_words() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.remove_words() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.remove_words() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.replace_generation(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.replace_generation(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.replace_generation(p_vector_table_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.request_search(p_vector_table text, p_request jsonb, p_timeout interval) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.require_instance() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.require_instance() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.require_instance() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.require_instance() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.resolve_connection(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_connection(p_reference text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_connection(p_reference text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.resolve_embedder(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_embedder(p_reference text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_embedder(p_reference text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.resolve_embedder(p_reference text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.resolve_environment(p_environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_environment(p_environment text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_environment(p_environment text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.resolve_environment(p_environment text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.resolve_environment(p_environment text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.resolve_organization(p_organization text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_organization(p_organization text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.resolve_tenant(p_organization text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_tenant(p_organization text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_tenant(p_organization text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.resolve_user(p_user text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_user(p_user text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_user(p_user text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.resting_reason() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.retire_envelopes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.retire_envelopes() TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.tasks TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.tasks TO embedd_admin;
GRANT SELECT ON TABLE embedd.tasks TO embedd_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.tasks TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.rows_done(p_task embedd.tasks) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.search_digest(p_generation_id bigint, p_need jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.search_need(p_generation jsonb, p_request jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.searchable_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.searchable_generation(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.searchable_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.seed_models() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.seed_models() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.seed_models() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.settle_errors() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.settle_errors() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.settle_errors() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.settle_errors() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.shipped_models() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.shipped_models() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.shipped_models() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_local boolean, OUT condition text, OUT columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_local boolean, OUT condition text, OUT columns text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_local boolean, OUT condition text, OUT columns text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.standstill_reason() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.standstill_reason() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.standstill_reason() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.task_lane(p_task_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.task_lane(p_task_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.task_lane(p_task_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.task_lane(p_task_type text) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.task_lane(p_task_type text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.text_signature(p_columns json) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.text_signature(p_columns json) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.text_signature(p_columns json) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.text_signature(p_columns json) TO embedd_reader;
GRANT ALL ON FUNCTION embedd_internal.text_signature(p_columns json) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.unread_conditions() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.unread_conditions() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.unread_conditions() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.unread_conditions() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea, p_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea, p_address text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.use_embedder(p_embedder uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.use_embedder(p_embedder uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.connections TO embedd_definer;
GRANT DELETE ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT ON TABLE embedd.connections TO embedd_worker;
GRANT SELECT(id),UPDATE(id) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(id) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT(organization_id),UPDATE(organization_id) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(environment_id),UPDATE(environment_id) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(name),UPDATE(name) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(provider),UPDATE(provider) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(mode),UPDATE(mode) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(status),UPDATE(status) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(host),UPDATE(host) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(host) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT(port),UPDATE(port) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(database),UPDATE(database) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(username),UPDATE(username) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(ssl_mode),UPDATE(ssl_mode) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(capture),UPDATE(capture) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(capture) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT(created_by),UPDATE(created_by) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(created_at),UPDATE(created_at) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(last_tested_at),UPDATE(last_tested_at) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(last_error),UPDATE(last_error) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT(authentication),UPDATE(authentication) ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.environments TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.environments TO embedd_admin;
GRANT SELECT ON TABLE embedd.environments TO embedd_reader;
GRANT SELECT ON TABLE embedd.environments TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.generations TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.generations TO embedd_admin;
GRANT SELECT ON TABLE embedd.generations TO embedd_reader;
GRANT SELECT,DELETE ON TABLE embedd.generations TO embedd_worker;
GRANT UPDATE(state) ON TABLE embedd.generations TO embedd_worker;
GRANT UPDATE(retired_at) ON TABLE embedd.generations TO embedd_worker;
GRANT UPDATE(refilling) ON TABLE embedd.generations TO embedd_worker;
GRANT UPDATE(suspect_before) ON TABLE embedd.generations TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.jobs TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.jobs TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.notices TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.notices TO embedd_admin;
GRANT SELECT ON TABLE embedd.notices TO embedd_reader;
GRANT SELECT,INSERT,DELETE ON TABLE embedd.notices TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.organizations TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.organizations TO embedd_admin;
GRANT SELECT ON TABLE embedd.organizations TO embedd_worker;
GRANT SELECT(id) ON TABLE embedd.organizations TO embedd_reader;
GRANT SELECT(status) ON TABLE embedd.organizations TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.ranges TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.ranges TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.remote_outboxes TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.remote_outboxes TO embedd_admin;
GRANT SELECT ON TABLE embedd.remote_outboxes TO embedd_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.remote_outboxes TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.vector_tables TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.vector_tables TO embedd_admin;
GRANT SELECT ON TABLE embedd.vector_tables TO embedd_reader;
GRANT SELECT,DELETE ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(sync_status) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(capture_id) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(source_rows) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(next_poll_at) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(last_synced_at) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(last_error) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(last_error_at) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(changed_at) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(remote_capture_id) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(error_of_work) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(next_count_at) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(uncounted_since) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT UPDATE(rows_beyond_tier) ON TABLE embedd.vector_tables TO embedd_worker;
GRANT SELECT ON TABLE embedd.activity TO embedd_definer;
GRANT SELECT ON TABLE embedd.activity TO embedd_admin;
GRANT SELECT ON TABLE embedd.activity TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.api_keys TO embedd_definer;
GRANT DELETE ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(id),UPDATE(id) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(organization_id),UPDATE(organization_id) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(user_id),UPDATE(user_id) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(name),UPDATE(name) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(key_prefix),UPDATE(key_prefix) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(permission),UPDATE(permission) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(created_at),UPDATE(created_at) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(expires_at),UPDATE(expires_at) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT(minted_by),UPDATE(minted_by) ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.audit_log TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.audit_log_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.audit_log_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.cached_vectors TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.cached_vectors TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.cached_vectors TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.capture_audits TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.capture_audits TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.capture_audits TO embedd_worker;
GRANT SELECT ON TABLE embedd.captures TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.captures TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.captures TO embedd_admin;
GRANT SELECT,INSERT,DELETE ON TABLE embedd.captures TO embedd_worker;
GRANT UPDATE(tracked_columns) ON TABLE embedd.captures TO embedd_worker;
GRANT UPDATE(row_level) ON TABLE embedd.captures TO embedd_worker;
GRANT ALL ON SEQUENCE embedd.captures_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.captures_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.consumer TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.consumer TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.daily_usage TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.daily_usage TO embedd_admin;
GRANT SELECT ON TABLE embedd.daily_usage TO embedd_reader;
GRANT SELECT ON TABLE embedd.daily_usage TO embedd_worker;
GRANT SELECT ON TABLE embedd.doorbell TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.doorbell TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.doorbell TO embedd_admin;
GRANT SELECT ON TABLE embedd.doorbell TO embedd_reader;
GRANT SELECT,UPDATE ON TABLE embedd.doorbell TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.failed_logins TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.fence TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.fence TO embedd_admin;
GRANT SELECT ON SEQUENCE embedd.fence TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.fence TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.fence_marks TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.fence_marks TO embedd_admin;
GRANT SELECT,INSERT,DELETE ON TABLE embedd.fence_marks TO embedd_worker;
GRANT ALL ON SEQUENCE embedd.generations_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.generations_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.instance TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.instance TO embedd_admin;
GRANT SELECT ON TABLE embedd.instance TO embedd_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.instance TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.looks TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.looks TO embedd_admin;
GRANT SELECT ON TABLE embedd.looks TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.looks TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.migrations TO embedd_definer;
GRANT SELECT ON TABLE embedd.migrations TO embedd_admin;
GRANT SELECT ON TABLE embedd.migrations TO embedd_reader;
GRANT SELECT ON TABLE embedd.migrations TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.models TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.models TO embedd_admin;
GRANT SELECT ON TABLE embedd.models TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.notices_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.notices_id_seq TO embedd_admin;
GRANT INSERT ON TABLE embedd.outbox TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.outbox TO embedd_definer;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.outbox TO embedd_worker;
GRANT ALL ON SEQUENCE embedd.outbox_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.outbox_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.prices TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.prices TO embedd_admin;
GRANT SELECT ON TABLE embedd.prices TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.ranges_id_seq TO embedd_definer;
GRANT ALL ON SEQUENCE embedd.ranges_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.rate_buckets TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.rate_buckets TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.request_counts TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.request_counts TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.row_states TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.row_states TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.sealing TO embedd_definer;
GRANT SELECT ON TABLE embedd.sealing TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.search_requests TO embedd_definer;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.search_requests TO embedd_worker;
GRANT SELECT ON TABLE embedd.standstill TO embedd_definer;
GRANT SELECT ON TABLE embedd.standstill TO embedd_admin;
GRANT SELECT ON TABLE embedd.standstill TO embedd_reader;
GRANT SELECT ON TABLE embedd.standstill TO embedd_worker;
GRANT SELECT ON TABLE embedd.status TO embedd_definer;
GRANT SELECT ON TABLE embedd.status TO embedd_admin;
GRANT SELECT ON TABLE embedd.status TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_admin;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_worker;
GRANT SELECT ON TABLE embedd.usage TO embedd_definer;
GRANT SELECT ON TABLE embedd.usage TO embedd_admin;
GRANT SELECT ON TABLE embedd.usage TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.users TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.users TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.verifications TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.verifications TO embedd_admin;
GRANT SELECT ON TABLE embedd.verifications TO embedd_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.verifications TO embedd_worker;
('capture', 1, 'capture')
('capture', 2, 'outbox_index')
('capture', 3, 'outbox_keys')
('capture', 4, 'composite_keys')
('capture', 5, 'consumer')
('capture', 6, 'internal')
('capture', 7, 'replica_identity')
('control', 1, 'access')
('control', 2, 'catalogue')
('control', 3, 'sync')
('control', 4, 'generations')
('control', 5, 'access')
('control', 6, 'embedders')
('control', 7, 'ranges')
('control', 8, 'verify')
('control', 9, 'instance')
('control', 10, 'settling')
('control', 11, 'usage')
('control', 12, 'vector_cache')
('control', 13, 'conditions')
('control', 14, 'chunking')
('control', 15, 'rerank')
('control', 16, 'composite_keys')
('control', 17, 'remote_capture')
('control', 18, 'search_by_name')
('control', 19, 'busy')
('control', 20, 'settled_errors')
('control', 21, 'permissions')
('control', 22, 'sources')
('control', 23, 'audit')
('control', 24, 'tenants')
('control', 25, 'sealing')
('control', 26, 'conditions_read')
('control', 27, 'internal')
('control', 28, 'search')
('control', 29, 'models')
('control', 30, 'known_generation')
('control', 31, 'capture')
('control', 32, 'looks')
('control', 33, 'filters')
('control', 34, 'local_condition')
('control', 35, 'interrupted_rebackfill')
('control', 36, 'words')
('control', 37, 'schedule')
('control', 38, 'searches')
('control', 39, 'select')
('control', 40, 'like')
('control', 41, 'ended')
