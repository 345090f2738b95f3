CREATE SCHEMA embedd;
COMMENT ON SCHEMA embedd IS 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
CREATE SCHEMA embedd_internal;
COMMENT ON SCHEMA embedd_internal IS 'Functions that only the programs and functions of embedd call. They change without notice.';
CREATE FUNCTION embedd.add_model(provider text, model text, dimensions integer DEFAULT NULL::integer, sizes text DEFAULT NULL::text, max_text_tokens integer DEFAULT NULL::integer, max_items integer DEFAULT NULL::integer, max_tokens integer DEFAULT NULL::integer, usd_per_million numeric DEFAULT NULL::numeric, kind text DEFAULT 'embedding'::text, retired_on date DEFAULT NULL::date, successor text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.add_model(provider text, model text, dimensions integer, sizes text, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, kind text, retired_on date, successor text) IS 'Adds a model to the catalogue, or describes one anew: sizes, limits, price; what is null is not known.';
CREATE FUNCTION embedd.adopt() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.adopt() IS 'Gives a copied or restored database the vector stores of the original, which must be stopped.';
CREATE FUNCTION embedd.backfill(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.backfill(vector_table text) IS 'Brings every row of the source table up to date; returns the task''s id.';
CREATE FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) IS 'Called over a connection: writes the changes of a table to the outbox; returns the capture''s id.';
CREATE FUNCTION embedd.cancel_task(task text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.cancel_task(task text) IS 'Stops a pending or running task.';
CREATE FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) IS 'What a connection test asks a database elsewhere: how new its capture line is, whether an installation of its own takes the events, and which one elsewhere does. This function and the four others that are called over a connection run with the rights of its role, which therefore has to own this schema and the source tables, or to be a member of the roles that do.';
CREATE FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) IS 'Called over a connection: removes events that were read.';
CREATE FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text DEFAULT 'full'::text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text, expires_at timestamp with time zone) IS 'Stores the SHA-256 of an API key; returns the key''s id.';
CREATE FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb DEFAULT NULL::jsonb, port integer DEFAULT 5432, ssl_mode text DEFAULT 'prefer'::text, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, authentication text DEFAULT 'scram-sha-256'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean, authentication text) IS 'Stores how to reach a source database; returns its id. Test it before use.';
CREATE FUNCTION embedd.create_embedder(name text, provider text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, id uuid DEFAULT NULL::uuid, allow_duplicate_name boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) IS 'Stores an embedding configuration; returns its id. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.create_environment(name text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_environment(name text) IS 'Makes an environment in the organization; returns its id.';
CREATE FUNCTION embedd.create_local_connection(name text DEFAULT 'local'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_local_connection(name text) IS 'Lets an environment read the database embedd is installed in: for the operator; returns the connection''s id.';
CREATE FUNCTION embedd.create_organization(name text, tier text DEFAULT 'free'::text, owner_name text DEFAULT 'owner'::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) IS 'Makes an organization with its owner and the environment prod; returns its id.';
CREATE FUNCTION embedd.create_roles() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_roles() IS 'Makes those of the three roles that are missing, if whoever installs may make roles; otherwise a DBA makes them: create role embedd_admin; create role embedd_worker; create role embedd_reader. They belong to the whole cluster, cannot log in, and are there to have members. The comment tells uninstall() which ones the installation made.';
CREATE FUNCTION embedd.create_user(name text, role text DEFAULT 'member'::text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_user(name text, role text) IS 'Makes a user (owner, admin or member) of the organization; returns its id.';
CREATE FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text DEFAULT 'local'::text, connection text DEFAULT 'local'::text, primary_key_column text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, mode text DEFAULT NULL::text, sync_mode text DEFAULT 'batch'::text, source_facts jsonb DEFAULT NULL::jsonb, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, language text DEFAULT 'english'::text, chunking jsonb DEFAULT NULL::jsonb, store_settings jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    AS …;
COMMENT ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) IS 'Makes a source table searchable by meaning; returns the vector table''s id. Call backfill() next.';
CREATE FUNCTION embedd.dead_letters(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_name text, key text, reason text, message text, since timestamp with time zone, attempts integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.dead_letters(vector_table text) IS 'Rows that were set aside and why; of one vector table or all of them.';
CREATE FUNCTION embedd.delete_connection(connection text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_connection(connection text) IS 'Removes a connection that no vector table uses.';
CREATE FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) IS 'Removes an embedding configuration and its credentials for good.';
CREATE FUNCTION embedd.delete_environment(environment text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_environment(environment text) IS 'Removes an environment without connections and vector tables, and its embedders.';
CREATE FUNCTION embedd.delete_organization(organization text, confirm boolean DEFAULT false) RETURNS TABLE(environment text, kind text, id text, name text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_organization(organization text, confirm boolean) IS 'Ends an organization with all it has. Without confirm => true it only shows what that is.';
CREATE FUNCTION embedd.delete_user("user" text, heir text DEFAULT NULL::text, confirm boolean DEFAULT false) RETURNS TABLE(kind text, id text, name text, fate text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_user("user" text, heir text, confirm boolean) IS 'Removes a user and their keys; the rest passes to the heir. Without confirm => true it only shows what they own.';
CREATE FUNCTION embedd.detach() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.detach() IS 'Gives a copied database empty vector stores of its own; backfill each vector table next.';
CREATE FUNCTION embedd.disable_organization(organization text) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.disable_organization(organization text) IS 'Refuses all keys of an organization at once and lets its sync rest.';
CREATE FUNCTION embedd.disable_user("user" text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.disable_user("user" text) IS 'Refuses all keys of a user at once; enable_user() admits them again.';
CREATE FUNCTION embedd.drift(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_id text, name text, task_id text, verified_at timestamp with time zone, rows_compared bigint, difference bigint, waiting bigint, repaired bigint, total_difference bigint, total_repaired bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drift(vector_table text) IS 'What comparing source and store found and repaired, per vector table.';
CREATE FUNCTION embedd.drop_vector_table(vector_table text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drop_vector_table(vector_table text) IS 'Stops sync and removes the vectors; the source table is left as it is.';
CREATE FUNCTION embedd.embed(text text, embedder text DEFAULT 'local'::text, model text DEFAULT NULL::text, dimensions integer DEFAULT NULL::integer) RETURNS real[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.embed(text text, embedder text, model text, dimensions integer) IS 'The vector of a text, as an embedder makes it for queries; takes the helper in plpython3u.';
CREATE FUNCTION embedd.enable_organization(organization text) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.enable_organization(organization text) IS 'Admits the keys of a disabled organization again; its sync catches up.';
CREATE FUNCTION embedd.enable_user("user" text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.enable_user("user" text) IS 'Admits the keys of a disabled user again.';
CREATE FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) IS 'Called over a connection: removes the triggers of a capture.';
CREATE FUNCTION embedd.get_api_key(api_key text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_api_key(api_key text) IS 'One API key by id, without the key itself.';
CREATE FUNCTION embedd.get_connection(connection text) RETURNS TABLE(id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text, port integer, database text, "user" text, ssl_mode text, capture text, created_at timestamp with time zone, last_tested_at timestamp with time zone, last_error text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_connection(connection text) IS 'One connection by name or id, without its password.';
CREATE FUNCTION embedd.get_embedder(embedder text) RETURNS TABLE(id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text, base_url text, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_embedder(embedder text) IS 'One embedder by name or id, without its credentials.';
CREATE FUNCTION embedd.get_embedder_record(embedder uuid) RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_embedder_record(embedder uuid) IS 'One embedder with all its fields, without its credentials.';
CREATE FUNCTION embedd.get_environment(environment text) RETURNS TABLE(id text, org_id text, name text, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_environment(environment text) IS 'One environment of the organization, by name or id.';
CREATE FUNCTION embedd.get_task(task text) RETURNS TABLE(id text, org_id text, task_type text, target_id text, status text, priority integer, last_processed_pk text, rows_processed bigint, rows_total bigint, attempts integer, max_attempts integer, last_error text, created_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_task(task text) IS 'One task by id, with its progress.';
CREATE FUNCTION embedd.get_vector_table(vector_table text) RETURNS TABLE(id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text, source_table text, primary_key_column text, mode text, sync_mode text, sync_status text, embedding_model text, embedding_dimensions integer, columns json, created_at timestamp with time zone, "where" text, language text, chunking jsonb, store_settings jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.get_vector_table(vector_table text) IS 'One vector table by name or id.';
CREATE FUNCTION embedd.grant_rights(p_captures boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.grant_rights(p_captures boolean) IS 'Gives the roles embedd_admin, embedd_worker and embedd_reader their rights in this schema.';
CREATE FUNCTION embedd.health(patience interval DEFAULT '00:05:00'::interval) RETURNS TABLE(subject text, value double precision, alert text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.health(patience interval) IS 'What is old, stuck, full or held back: a row for each thing measured, with an alert.';
CREATE FUNCTION embedd.instance_status() RETURNS TABLE(state text, message text, uid uuid, timeline bigint, checked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.instance_status() IS 'Whether this database owns its vector stores, or is a copy.';
CREATE FUNCTION embedd.list_api_keys("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'API keys of the organization that the user may see, without the keys themselves, oldest first.';
CREATE FUNCTION embedd.list_audit("limit" integer DEFAULT 100, before_created_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone, before_id text DEFAULT NULL::text) RETURNS TABLE(id text, created_at timestamp with time zone, user_id uuid, key_id text, operation text, target text, result text, address text, request_id text, door text, role text, attempts integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_audit("limit" integer, before_created_at timestamp with time zone, before_id text) IS 'Who changed what, over REST, by a command or in SQL, newest first; for owners.';
CREATE FUNCTION embedd.list_connections("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text, port integer, database text, "user" text, ssl_mode text, capture text, created_at timestamp with time zone, last_tested_at timestamp with time zone, last_error text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Connections of the environment, oldest first.';
CREATE FUNCTION embedd.list_embedder_records(p_owner uuid DEFAULT NULL::uuid, p_provider_type text DEFAULT NULL::text, p_labels jsonb DEFAULT '[]'::jsonb) RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) IS 'Embedders with all their fields, without credentials, oldest first.';
CREATE FUNCTION embedd.list_embedders("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text, base_url text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Embedders of the environment, oldest first.';
CREATE FUNCTION embedd.list_environments("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, name text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Environments of the organization, oldest first.';
CREATE FUNCTION embedd.list_models(of_provider text DEFAULT NULL::text, of_kind text DEFAULT NULL::text) RETURNS TABLE(provider text, model text, kind text, dimensions integer, sizes text, max_text_tokens integer, usd_per_million numeric, retired_on date, successor text, origin text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_models(of_provider text, of_kind text) IS 'Models by provider: their sizes, limits and prices, and which are retired.';
CREATE FUNCTION embedd.list_organizations() RETURNS TABLE(id text, name text, status text, tier text, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_organizations() IS 'All organizations, oldest first.';
CREATE FUNCTION embedd.list_usage(from_day date DEFAULT NULL::date, to_day date DEFAULT NULL::date, vector_table text DEFAULT NULL::text) RETURNS TABLE(day date, vector_table_id text, vector_table_name text, embedder_id text, embedder_name text, provider text, model text, kind text, requests bigint, tokens bigint, cost_usd numeric)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) IS 'Requests, tokens and cost by day, vector table and embedder; of this month unless told otherwise.';
CREATE FUNCTION embedd.list_users() RETURNS TABLE(id uuid, org_id text, name text, role text, created_at timestamp with time zone, disabled_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_users() IS 'Users of the organization, oldest first.';
CREATE FUNCTION embedd.list_vector_tables("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text, source_table text, primary_key_column text, mode text, sync_mode text, sync_status text, embedding_model text, embedding_dimensions integer, columns json, created_at timestamp with time zone, "where" text, language text, chunking jsonb, store_settings jsonb)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Vector tables of the environment, oldest first.';
CREATE FUNCTION embedd.minted_keys(api_key text) RETURNS TABLE(id text, name text, key_prefix text, created_by uuid, created_at timestamp with time zone, expires_at timestamp with time zone, minted_by text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.minted_keys(api_key text) IS 'Good keys that were made with an API key, or with one that it made.';
CREATE FUNCTION embedd.models() RETURNS TABLE(provider text, model text, dimensions integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.models() IS 'Embedding models by provider, with the size of their vectors.';
CREATE FUNCTION embedd.notices(vector_table text DEFAULT NULL::text, "limit" integer DEFAULT 100) RETURNS TABLE(at timestamp with time zone, vector_table_name text, message text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.notices(vector_table text, "limit" integer) IS 'What was noticed and mended without anybody asking, newest first.';
CREATE FUNCTION embedd.oldest_program() RETURNS TABLE(line text, number integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.oldest_program() IS 'The oldest program this schema still serves, by the migrations it knows of each line.';
CREATE FUNCTION embedd.pause_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.pause_sync(vector_table text) IS 'Stops automatic sync; queries keep answering and changes are kept.';
CREATE FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) IS 'Called over a connection: events of the outbox, which stay there.';
CREATE FUNCTION embedd.remove_model(provider text, model text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.remove_model(provider text, model text) IS 'Removes a model that was added with add_model().';
CREATE FUNCTION embedd.resume_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.resume_sync(vector_table text) IS 'Starts automatic sync again and catches up.';
CREATE FUNCTION embedd.retry_dead_letters(vector_table text, keys text[] DEFAULT NULL::text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) IS 'Tries rows that were set aside again; returns how many.';
CREATE FUNCTION embedd.revoke_api_key(api_key text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.revoke_api_key(api_key text) IS 'Revokes an API key at once; it stays listed, and keys made with it stay good.';
CREATE FUNCTION embedd.role_rights() RETURNS TABLE(role text, object_type text, object text, privilege text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.role_rights() IS 'The rights of each role in this schema, all of them: what grant_rights() gives and docs/how-to/dba.md lists. embedd_worker has what its program calls and what those functions touch, embedd_reader likewise what shows status and searches, without credentials. What waits and what is believed of each row (outbox, jobs, ranges, row_states) is the worker''s alone, and the audit log nobody''s: functions reach them. embedd_definer, which is there where a superuser installed, has the functions that run with their owner''s rights.';
CREATE FUNCTION embedd.search(vector_table text, query text DEFAULT NULL::text, "limit" integer DEFAULT 10, filters jsonb DEFAULT NULL::jsonb, search_mode text DEFAULT 'vector'::text, query_vector real[] DEFAULT NULL::real[], min_similarity_score double precision DEFAULT NULL::double precision, rerank jsonb DEFAULT NULL::jsonb) RETURNS TABLE(pk_value text, score double precision, metadata jsonb, embedded_text text, passage text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb) IS 'The rows of a vector table that answer best: by meaning, by words, or both. Key, score and metadata, best first.';
CREATE FUNCTION embedd.set_embedder_details(embedder text, description text DEFAULT NULL::text, labels jsonb DEFAULT NULL::jsonb, api_path text DEFAULT NULL::text, dimensionality integer DEFAULT NULL::integer, max_sequence_length integer DEFAULT NULL::integer, distribution_type text DEFAULT NULL::text, supported_modalities text[] DEFAULT NULL::text[], version text DEFAULT NULL::text, monitoring_endpoint text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_embedder_details(embedder text, description text, labels jsonb, api_path text, dimensionality integer, max_sequence_length integer, distribution_type text, supported_modalities text[], version text, monitoring_endpoint text) IS 'Changes description, labels, path, size and the like of an embedder; null keeps, a blank text clears.';
CREATE FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) IS 'US dollars for a million tokens of a model; null forgets the price.';
CREATE FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) IS 'Requests and tokens an embedder may take in a minute, all workers and queries together; null: no bound.';
CREATE FUNCTION embedd.set_tier(organization text, tier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_tier(organization text, tier text) IS 'Moves an organization to the tier free, pro, business or enterprise.';
CREATE FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) IS 'Tokens an embedder may take for documents in a month; null: as many as it needs.';
CREATE FUNCTION embedd.sync_status(vector_table text) RETURNS TABLE(vector_table_id text, sync_status text, synced_rows bigint, total_rows bigint, last_synced_at timestamp with time zone, rows_pending bigint, staleness_secs bigint, dead_rows bigint, skipped_rows bigint, last_error text, last_error_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.sync_status(vector_table text) IS 'Status, counts and last error of a vector table''s sync.';
CREATE FUNCTION embedd.tasks("limit" integer DEFAULT 100, before_created_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone, before_id text DEFAULT '~'::text) RETURNS TABLE(id text, org_id text, task_type text, target_id text, status text, priority integer, last_processed_pk text, rows_processed bigint, rows_total bigint, attempts integer, max_attempts integer, last_error text, created_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) IS 'Backfills and other long work of the organization, newest first.';
CREATE FUNCTION embedd.tier_limits(tier text) RETURNS TABLE(max_tables integer, max_vectors bigint, requests_per_minute integer, max_connections integer, max_embedders integer, max_keys integer, max_environments integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tier_limits(tier text) IS 'Managed tables, managed vectors, requests per minute, connections, embedders, keys and environments of a tier; null is no limit.';
CREATE FUNCTION embedd.uninstall(confirm boolean DEFAULT false) RETURNS TABLE(kind text, name text, removed boolean, note text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.uninstall(confirm boolean) IS 'Removes embedd from this database; without confirm => true it only shows what would go.';
CREATE FUNCTION embedd.uninstall_parts() RETURNS TABLE(kind text, name text, removed boolean, note text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.uninstall_parts() IS 'What there is of this installation: a row for each thing that uninstall() removes or that has to be removed elsewhere.';
CREATE FUNCTION embedd.update_connection(connection text, name text DEFAULT NULL::text, host text DEFAULT NULL::text, port integer DEFAULT NULL::integer, database text DEFAULT NULL::text, username text DEFAULT NULL::text, password jsonb DEFAULT NULL::jsonb, ssl_mode text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, authentication text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean, authentication text) IS 'Changes a connection; null keeps. With new credentials it has to be tested again, and another address needs the password again.';
CREATE FUNCTION embedd.update_embedder(embedder text, name text DEFAULT NULL::text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, fingerprint bytea DEFAULT NULL::bytea, allow_duplicate_name boolean DEFAULT false, allow_in_use boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) IS 'Changes an embedding configuration; null keeps. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.update_vector_table(vector_table text, name text DEFAULT NULL::text, columns json DEFAULT NULL::json, embedder text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, sync_mode text DEFAULT NULL::text, source_facts jsonb DEFAULT NULL::jsonb, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, chunking jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) IS 'Changes a vector table; null keeps. New vectors are built beside the old ones, which answer until the switch.';
CREATE FUNCTION embedd.vector_budget() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.vector_budget() IS 'How many more vectors the tier allows; null is no limit.';
CREATE FUNCTION embedd.vector_table_schema(vector_table text) RETURNS TABLE(name text, role text, ordinal integer, name_prefix text, filter_type text, operators text[])
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.vector_table_schema(vector_table text) IS 'Its columns, and by which operators each can be filtered.';
CREATE FUNCTION embedd.verification(task text) RETURNS TABLE(task_id text, vector_table_id text, name text, status text, repair boolean, sweep boolean, rows_compared bigint, difference bigint, missing bigint, stale bigint, orphaned bigint, unreadable bigint, waiting bigint, skipped bigint, dead bigint, repaired bigint, examples jsonb, last_error text, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.verification(task text) IS 'What a verification found: counts and some keys of each kind.';
CREATE FUNCTION embedd.verify(vector_table text, repair boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.verify(vector_table text, repair boolean) IS 'Compares source and store row by row; returns the task''s id.';
CREATE FUNCTION embedd.version() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.version() IS 'Installed schema version, control.capture.';
CREATE FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.abandon_generation(p_vector_table_id text) IS 'Gives up the generation that was being built: the vector table has the configuration of the active one again, which never stopped answering. So the same change can be asked for once more.';
CREATE FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) IS 'Records what an attempt has applied to the store. A job goes only if nothing new arrived since its claim (want) and nobody claimed it since (token); a job that got dirty again is free for the next claim at once. Keys whose job is not this attempt''s any more are passed over entirely: whoever took it knows better, and may have deleted the row and forgotten its state, so that an older token would look like news. Row security is on, as in all that is called over a session to a store beside the ledger: that one asks for an error rather than for a part of the rows, and our tables have policies. Arrays run in parallel, one entry per key. p_gone: the row is deleted; p_touched false: nothing had to be written.';
CREATE FUNCTION embedd_internal.acting_environment() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_environment() IS 'The environment of this transaction: an id from the setting embedd.environment, else the organization''s prod.';
CREATE FUNCTION embedd_internal.acting_key() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_key() IS 'The API key this transaction acts with, from the setting embedd.key; null in psql, where nobody needs one.';
CREATE FUNCTION embedd_internal.acting_organization() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_organization() IS 'Who acts stands in transaction settings that the gateway sets; psql users are the self-hosted organization.';
CREATE FUNCTION embedd_internal.acting_role() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_role() IS 'The role of the acting user in the acting organization; null for a user who is not in it, or is disabled.';
CREATE FUNCTION embedd_internal.acting_user() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.acting_user() IS 'The user of this transaction: from the setting embedd.user, else the organization''s owner.';
CREATE FUNCTION embedd_internal.active_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.active_generation(vector_table text) IS 'Forward for programs of 0.1.0 and 0.2.0, which read flat keys: get_active_generation() has replaced it.';
CREATE FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_notice(p_vector_table_id text, p_message text) IS 'Remembers what was noticed; the newest thousand are kept.';
CREATE FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) IS 'Adds the next range of a task and moves its checkpoint, in one transaction. False: the task is no longer this worker''s; then nothing was added.';
CREATE FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.add_user(p_organization text, p_name text, p_role text) IS 'The rules for a new user, whoever makes it; returns its id.';
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
COMMENT ON TABLE embedd.embedders IS 'Stored embedding configurations: vendor, model, address, credentials. /v1/embedders and /v1/embedding-providers are two faces of it.';
COMMENT ON COLUMN embedd.embedders.id IS 'As /v1/embedders shows it.';
COMMENT ON COLUMN embedd.embedders.organization_id IS 'Whose embedder it is.';
COMMENT ON COLUMN embedd.embedders.environment_id IS 'The environment it exists in.';
COMMENT ON COLUMN embedd.embedders.owner_id IS 'The user who may change it, besides owners and admins.';
COMMENT ON COLUMN embedd.embedders.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.embedders.provider IS 'The vendor''s adapter: local, openai, gemini, voyage, cohere, jina, tei.';
COMMENT ON COLUMN embedd.embedders.model IS 'What vector tables get when they name no model.';
COMMENT ON COLUMN embedd.embedders.base_url IS 'Where requests go; null: the vendor''s own address.';
COMMENT ON COLUMN embedd.embedders.credentials IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.embedders.secret_ref IS 'Where the worker finds the key: env:NAME or file:/path.';
COMMENT ON COLUMN embedd.embedders.created_at IS 'When it was made.';
COMMENT ON COLUMN embedd.embedders.description IS 'For people.';
COMMENT ON COLUMN embedd.embedders.provider_type IS 'As the GoodMem face said it; null: made elsewhere, and shown by its provider.';
COMMENT ON COLUMN embedd.embedders.api_path IS 'Put behind base_url for a request; null: the provider''s own.';
COMMENT ON COLUMN embedd.embedders.dimensionality IS 'The size of its vectors, as the GoodMem face said it.';
COMMENT ON COLUMN embedd.embedders.distribution_type IS 'DENSE or SPARSE, as the GoodMem face said it.';
COMMENT ON COLUMN embedd.embedders.max_sequence_length IS 'Tokens of a text that its model takes; null: as known of the model.';
COMMENT ON COLUMN embedd.embedders.supported_modalities IS 'As the GoodMem face said it; texts are what is embedded.';
COMMENT ON COLUMN embedd.embedders.labels IS 'Keys and values of its users, to find it by.';
COMMENT ON COLUMN embedd.embedders.version IS 'Of the model, as the GoodMem face said it.';
COMMENT ON COLUMN embedd.embedders.monitoring_endpoint IS 'As the GoodMem face said it; nothing is sent there.';
COMMENT ON COLUMN embedd.embedders.credentials_form IS 'What the envelope holds: a key, or the JSON of an EndpointAuthentication.';
COMMENT ON COLUMN embedd.embedders.fingerprint IS 'HMAC-SHA-256 of the credentials under a key the database never sees: equal ones are told, not guessed.';
COMMENT ON COLUMN embedd.embedders.duplicate_key IS 'SHA-256 of what no two embedders of one owner share; null for those that may repeat (not made on the GoodMem face).';
COMMENT ON COLUMN embedd.embedders.created_by IS 'The user who made it.';
COMMENT ON COLUMN embedd.embedders.updated_by IS 'The user who changed it last.';
COMMENT ON COLUMN embedd.embedders.updated_at IS 'When it was changed the last time.';
COMMENT ON COLUMN embedd.embedders.monthly_token_budget IS 'Tokens a month (UTC) after which no more texts are embedded until the next; deletes, metadata and queries go on.';
COMMENT ON COLUMN embedd.embedders.requests_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
COMMENT ON COLUMN embedd.embedders.tokens_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
COMMENT ON COLUMN embedd.embedders.shown_id IS 'What /v1/embedders calls it; null: as id. Another organization may have one of the same name.';
COMMENT ON COLUMN embedd.embedders.public_id IS 'The same id as /v1/embedding-providers shows it.';
COMMENT ON COLUMN embedd.embedders.secret_removed IS 'Its credentials were removed when its address changed, and have to be sent again.';
CREATE FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) IS 'An embedder with the given fields of the GoodMem face put in; absent ones stay. What is sent as it is shown is no change, also where the row says it in another way (p_shown, null for a new one). Blank optional texts clear.';
CREATE FUNCTION embedd_internal.audit_capture(p_capture_id integer) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) IS 'Looks for what triggers cannot tell: that they were disabled, dropped or changed, that partitions came or went, that the table was replaced or altered. What may be mended is mended; then all rows are compared, for changes may have been missed. Returns what was found, a sentence each. What cannot be mended shows as the tables'' error until it can. Triggers that no vector table needs any more are removed.';
CREATE FUNCTION embedd_internal.authenticate(p_digest bytea) RETURNS TABLE(id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamp with time zone, status text, requests_per_minute integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.authenticate(p_digest bytea) IS 'Whose key this is; no row when nobody''s. The caller compares the digest again in constant time. Whatever ended the key (it was revoked, it expired, its user is disabled) shows in revoked_at, and status says which; else status is that of the organization. Every key costs this one look. The tier''s requests per minute come along, so that an organization without that limit costs no further look into the database.';
CREATE FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) IS 'Refuses the acting user who may not do this to the thing with this id. Things belong to who made them, embedders to their owner. Nobody''s own are environments, which hold what others made; the connection local, which reads with the rights of the service; and vector tables over it. What does not exist is refused like another''s: look for it first.';
CREATE FUNCTION embedd_internal.begin_verification(p_task text) RETURNS TABLE(repair boolean, sweep boolean, waiting_keys text[])
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.begin_verification(p_task text) IS 'What a worker that claimed a verification must know: how it is meant, and the keys behind the checkpoint that have to be looked at again. Looking for orphans starts over after an interruption, so those found before are found again, unless they were repaired. No row: another generation answers queries by now, and the task has ended.';
CREATE FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) IS 'Asks the service over HTTP for what the database cannot do itself, by the helper in plpython3u where that is installed; else says what is missing. p_operation: search, of the vector table p_target, or embed, with the embedder p_target.';
CREATE FUNCTION embedd_internal.canonical_url(p_url text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.canonical_url(p_url text) IS 'One spelling for each http(s) address: scheme and host in lower case, no default port, no trailing slash, the base path as it is. Null for anything else: other schemes, user information, query, fragment, characters no URL has.';
CREATE FUNCTION embedd_internal.capture_columns(p_capture_id integer) RETURNS TABLE(name name, compared boolean, type oid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_columns(p_capture_id integer) IS 'The columns a capture needs: the key, the tracked ones, and what virtual generated columns among them are computed from, because a virtual column has no value inside a trigger (compared false). A column that is gone has no type.';
CREATE FUNCTION embedd_internal.capture_of(p_vector_table_id text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_of(p_vector_table_id text) IS 'How changes of a vector table''s source reach the ledger: `trigger` (triggers in this database), `remote_trigger` (triggers in the database of its connection, whose events arrive), `remote_poll` (that database may have triggers, but they are missing or their events do not arrive: it is polled meanwhile), `poll` (SELECT is all there is).';
CREATE FUNCTION embedd_internal.capture_relations(p_table regclass) RETURNS TABLE(relation regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_relations(p_table regclass) IS 'The tables whose changes change what the given table shows: itself, its partitions, its inheritance children.';
CREATE FUNCTION embedd_internal.capture_state(p_capture_id integer) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.capture_state(p_capture_id integer) IS 'What a capture rests on, as names and values of which any change means that changes of rows may have been missed: each table of the tree, each trigger, the captured columns, the trigger function. A trigger that was disabled and enabled again is another version of its row in the catalogue, hence xmin.';
CREATE FUNCTION embedd_internal.captures_to_audit(p_interval interval) RETURNS SETOF integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.captures_to_audit(p_interval interval) IS 'Captures whose last audit is longer ago than the interval.';
CREATE FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.change_embedder_record(p_old embedd.embedders, p_fields jsonb) IS 'A stored embedder with the given fields of the GoodMem face put in, not stored yet.';
CREATE FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text, p_authentication text) IS 'The rules for how a source database is reached. A host that is no plain name or address could redirect the driver.';
CREATE FUNCTION embedd_internal.check_chunking(p_chunking jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_chunking(p_chunking jsonb) IS 'How texts are to be cut into passages, with what was left out filled in: {strategy, max_tokens, overlap_tokens}.';
CREATE FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_columns(p_columns json, p_source jsonb) IS 'The rules for the columns of a vector table, against what the source table has. Each message names the entry.';
CREATE FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET standard_conforming_strings TO 'on'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    SET "IntervalStyle" TO 'postgres'
    SET extra_float_digits TO '1'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) IS 'A condition on the rows of a table of this database as PostgreSQL itself writes it, and the columns it names. First it is read, and the types of its columns are looked up: from then on it can only be made of what is built in. Then PostgreSQL says whether it is what the predicate of an index may be, hence one boolean expression over the row''s own columns that is the same for the same row at any time. What it depends on in a session (how a moment without time zone is read) is as in the sessions that read rows.';
CREATE FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_consumer(p_installation uuid, p_take boolean) IS 'Refuses who is not the one installation that takes the events of this database; p_take: the first one to come becomes it.';
CREATE FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_access(p_base_url text, p_api_key_ref text) IS 'The rules for an embedder''s address and for where its key is, as psql users and Embedd''s face give them.';
CREATE FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_fields(p_fields jsonb) IS 'The rules for the fields of an embedder on the GoodMem face that need no look at anything stored. Types and enumerations are the parser''s business and the table''s constraints.';
CREATE FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) IS 'Whether an embedder can make the vectors of a vector table with this model. Returns the size of the vectors, its own when none is asked for.';
CREATE FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) IS 'Check a filter and answer it in its normal form, which embedd_pg/filters/tree.py describes; null where it asks for nothing. `p_fields` maps the columns one may filter by to their filter types. A mistake is EBV01, with its path in the message.';
CREATE FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) IS 'Check the condition on one field, a value or an object of operators, and answer an array of nodes that must all hold.';
CREATE FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) IS 'Check one object of a filter, all of whose parts must hold. `conditions` counts on from `p_before`: the limit on them is the whole filter''s.';
CREATE FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET extra_float_digits TO '1'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) IS 'Check one operand of a filter against the type of its field, and answer it as the store would hold it: a double for a float field; for an integer field a number in the range of 64 bits, which may have a fraction.';
CREATE FUNCTION embedd_internal.check_instance(p_seen bigint DEFAULT 0) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_instance(p_seen bigint) IS 'A worker looks where it is: at its start, each minute, and when a claim was refused. The first look notes the database as the owner of its stores. After a failover, a restored backup or a sequence that was set back, tokens start above all that was ever drawn and everything is compared. A copy is only told so. p_seen: a token the worker has met.';
CREATE FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) IS 'The rules for the columns of a key: together they name each row for good, and each has a type of which every value has one text. Returns them, their types, and the key as users see it. p_columns is what named_key() found.';
CREATE FUNCTION embedd_internal.check_labels(p_labels jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_labels(p_labels jsonb) IS 'The limits of labels: 64 of them, keys of 1 to 63 characters, values of up to 255.';
CREATE FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) IS 'The size of the vectors of a model at a provider: p_dimensions where given, else the model''s own. Any model may be named; of one that is not in the catalogue the size must be given. A known one must yield the size, except at a server of one''s own that only speaks OpenAI''s protocol.';
CREATE FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) IS 'Whether a model may be named for a provider, whatever its size. Any may, except where the provider has only its own (local), and except what is known as a model of another provider: that is taken for a mistake, unless it is at a server of one''s own.';
CREATE FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_name(p_name text, p_noun text, p_taken boolean) IS 'The rule for names of connections, embedders and vector tables. SQL addresses things by name, so it refuses a name in use; REST addresses by id and passes p_taken false.';
CREATE FUNCTION embedd_internal.check_owner_left(p_user uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_owner_left(p_user uuid) IS 'Refuses to take away the only owner of an organization who is not disabled. The organization''s row stays locked until the transaction ends, so that two owners cannot take each other away at once.';
CREATE FUNCTION embedd_internal.check_platform(p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_platform(p_source jsonb) IS 'Platform mode keeps the vectors next to the source table: pgvector and the right to create tables are needed there.';
CREATE FUNCTION embedd_internal.check_quota(p_kind text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_quota(p_kind text) IS 'Refuses one more of a kind when the organization has as many as its tier allows, over all environments. For a limited tier the organization''s row stays locked until the transaction ends, so that two at once cannot both take the last place. Call it before inserting.';
CREATE FUNCTION embedd_internal.check_searchable(vector_table text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_searchable(vector_table text) IS 'Id of the generation of a vector table that answers queries, when it can: from the first backfill on, also while paused or in error.';
CREATE FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_source(p_source_table text, p_source jsonb) IS 'The rules for a source table: it exists, is not what embedd or PostgreSQL keep for themselves, and all its rows can be seen. p_source is what describe_source() found.';
CREATE FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_store_settings(p_settings jsonb, p_mode text) IS 'How the collections of a vector table are laid out in Qdrant, in the words of its own API; what is left out is what the installation or the server has. Tables of pgvector have nothing of the kind.';
CREATE FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer DEFAULT 1) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_text(p_text text, p_what text, p_most integer, p_hint text, p_least integer) IS 'The rule for every name and label: its length, and no character that acts on a terminal or a log instead of standing in it: control characters, separators of lines, and marks that turn the direction of writing around.';
CREATE FUNCTION embedd_internal.check_tier(p_tier text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.check_tier(p_tier text) IS 'The rule for the name of a tier.';
CREATE FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) IS 'Queues one page of keys and remembers how far the task is, in one transaction. False: the task is no longer this worker''s (cancelled, started over, or taken by another); then nothing was queued. Rows are counted once, as the source is read; the keys of later phases are rows it no longer has.';
CREATE FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) IS 'Notes what one step of a verification found, queues what it repairs and remembers how far it is, in one transaction. False: the task is no longer this worker''s; then nothing was noted or queued. p_counts: numbers by kind, as {"stale": 2}; p_examples: some keys by kind. p_suspects: keys whose point is not what the ledger believes; p_new: keys the ledger knows nothing of.';
CREATE FUNCTION embedd_internal.claim_count(p_lease interval) RETURNS TABLE(generation_id bigint, began timestamp with time zone)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_count(p_lease interval) IS 'The next vector table whose source is to be counted, by its active generation; nobody else takes it before the lease is over. began: rows that come or go from then on may not be in the count. No row: none is due.';
CREATE FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(token bigint, key text, want bigint, previous_token bigint, attempts integer, dirty_since timestamp with time zone, state_token bigint, text_hash text, metadata_hash text, source_hash text, suspect boolean, run_at timestamp with time zone)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) IS 'Leases due jobs of one generation and lane to a worker, under one new token. The token is drawn after the jobs are locked and before any row is read: so it is higher than that of every earlier claim of these keys, and a higher token has always seen a later state. Times are the database''s; the commit must be durable before the worker writes to a store, hence synchronous_commit. suspect: a range of the generation is still open, so an attempt under an older token may write these keys yet; it is looked up in one statement with the states, for a range that closes leaves its states behind. Or the state is from before a failover or restore. p_after: where the last claim of the lane found its first job, so that jobs long done need not be passed again.';
CREATE FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, sync_mode text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_poll(p_stores text[], p_lease interval) IS 'The next polled source that is due, with its generations in use; nobody else takes it before the lease is over. No row: none is due.';
CREATE FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) RETURNS TABLE(id bigint, token bigint, after_key text, last_key text, crashes integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval) IS 'Leases one range to a worker under a new token, which is drawn when the range has long been committed: so whoever claims one of its keys under a higher token knows of the range. The commit comes before any of its rows is read.';
CREATE FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) IS 'A connection whose outbox nobody fetches from at present, leased; null when there is none. p_except: not these.';
CREATE FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) IS 'A due job that two workers in a row died with, of whatever lane, to be worked on alone: while a worker has one it takes no other job of the generation, so the next death tells which row it was. One that a third worker died with becomes a dead letter, and the others go on. Null: there is none, take ordinary jobs. Empty: wait for what is under way here. The last death is not in crashes yet: the lease that nobody gave back stands for it.';
CREATE FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) RETURNS TABLE(id text, task_type text, vector_table_id text, generation_id bigint, phase text, start_token bigint, last_processed_pk text, rows_processed bigint, rows_total bigint, ranged boolean)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval) IS 'Leases the next task to a worker: pending ones and those whose worker went silent, in order of priority.';
CREATE FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, token bigint)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.claim_unread_store(p_stores text[], p_lease interval) IS 'Leases the next store that is to be read after a failover or restore; no row: there is none for this worker. token names this pass; whoever takes over later has another.';
CREATE FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compare_capture_states(p_before jsonb, p_after jsonb) IS 'What happened between two states of a capture, a sentence each. New columns and triggers were added by ourselves; a new trigger function may have been written by ourselves, which writing it anew tells.';
CREATE FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) IS 'One page of a polled source: queues keys that are new or whose row hash differs; returns how many were known. A key that already has a job is left to it: that job''s read, or the next cycle, sees the change. A dead letter is tried again when the row is no longer the one it was made for.';
CREATE FUNCTION embedd_internal.compile_filter(p_tree jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.compile_filter(p_tree jsonb) IS 'A checked filter, in the normal form of check_filter(), as a condition on the metadata of a store. Each value is a literal.';
CREATE FUNCTION embedd_internal.complete_task(p_task text, p_worker text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.complete_task(p_task text, p_worker text) IS 'Everything the task queued has been looked at; one that was started over meanwhile is not at its last phase and stays. A backfilled table is synced from here on, and a reconciled one has no error left to show.';
CREATE FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.condition_vocabulary(OUT words text[], OUT comparisons text[], OUT operators text[], OUT choices text[], OUT functions text[], OUT types text[]) IS 'What the condition of a vector table may be made of, besides columns and constants: keywords, operators, functions, and types to cast to. embedd_pg/conditions/vocabulary.py says the same to Python. A function is here only if PostgreSQL has nothing under its name that is not immutable (which read_condition() asks the catalogue), and if it makes little of little.';
CREATE FUNCTION embedd_internal.connection_secret(p_connection_id text) RETURNS TABLE(id text, organization_id text, host text, port integer, database text, username text, password jsonb, ssl_mode text, capture text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.connection_secret(p_connection_id text) IS 'How to open a connection, password envelope included: for the service alone, which holds the key. Beside the envelope is said in which way the server may ask for the password; programs of before, which have prepared this call, read past it.';
CREATE FUNCTION embedd_internal.count_dead(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_dead(p_generation_id bigint) IS 'How many rows of a generation were set aside; null: of all vector tables that are followed, as oldest_jobs() has it.';
CREATE FUNCTION embedd_internal.count_disabled() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_disabled() IS 'How many vector tables belong to disabled organizations, so that no worker follows them.';
CREATE FUNCTION embedd_internal.count_failed_login(p_address text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_failed_login(p_address text) IS 'Counts a request that came with no valid API key, by its address and minute, all API processes together. Of more than a thousand addresses in a minute the rest counts as one, and counts are kept for 90 days, so that strangers cannot fill the table.';
CREATE FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_jobs(p_generation_id bigint, p_lane text) IS 'Jobs of a generation that wait or are worked on in a lane.';
CREATE FUNCTION embedd_internal.count_known(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_known(p_generation_id bigint) IS 'How many keys the ledger knows: rows the store is believed to hold, and dead letters it has none of.';
CREATE FUNCTION embedd_internal.count_outbox(p_capture_id integer) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_outbox(p_capture_id integer) IS 'How many changes of a capture wait in the outbox: counted, or of a large outbox estimated from a sample, and then at least 1, for a sample may miss the few there are.';
CREATE FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_queued(p_generation_id bigint, p_task_type text) IS 'Jobs and ranges a task has queued that are not done. A row that changed has its job in the live lane; where no attempt has met it since the task began, the task waits for that too before it says that all are as they were then, or later.';
CREATE FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_states(p_generation_id bigint, OUT synced bigint, OUT skipped bigint, OUT not_held bigint) IS 'How many rows of a generation the store is believed to hold, how many of them have no text, and how many were set aside that it does not hold. It has its owner''s rights, as all that counts here has: who may see how things are sees how many rows there are, never which.';
CREATE FUNCTION embedd_internal.count_unread_stores() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_unread_stores() IS 'Stores in use that are still to be read after a failover or restore.';
CREATE FUNCTION embedd_internal.count_waiting(p_generation_id bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.count_waiting(p_generation_id bigint) IS 'How many jobs of a generation wait or are worked on: counted up to a hundred thousand, beyond that estimated from a sample.';
CREATE FUNCTION embedd_internal.create_capture_role() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_capture_role() IS 'In place of a superuser a role that can do nothing else makes and owns the trigger functions. It is made here, also in a cluster that a dump was restored into. The role belongs to the whole cluster; another database may have made it, or be making it now.';
CREATE FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) IS 'Creates the triggers of one capture on one table, always enabled, so that replication roles fire them too; those that are there are left or, if they were switched off, enabled again. Row triggers on a partitioned table are cloned to its partitions by PostgreSQL, truncate triggers are not: partitions get theirs here (p_is_root false), and inheritance children get both.';
CREATE FUNCTION embedd_internal.create_definer_role() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_definer_role() IS 'In place of a superuser a role with rights in this schema alone, those that role_rights() lists, owns the functions that run with their owner''s rights (SECURITY DEFINER), but for those that make trigger functions, which are embedd_capture''s.';
CREATE FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb DEFAULT NULL::jsonb, p_owner uuid DEFAULT NULL::uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) IS 'Stores an embedder with the fields of the GoodMem face; returns its id. p_id is the id that is shown: unique in its organization, so the ids of other organizations are free. The order of the refusals is the contract''s.';
CREATE FUNCTION embedd_internal.create_forwards() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_forwards() IS 'Lets programs that ran before an upgrade go on: they call internal functions in schema embedd, where these were before they had a schema of their own. Each gets a function of the same name and parameters there that calls it. A fresh installation has no such programs, and gets none. To be dropped by a migration once oldest_program() is past control 27.';
CREATE FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_generation(p_vector_table_id text, p_state text) IS 'A new physical store for a vector table, with the configuration the table has now. Returns its id.';
CREATE FUNCTION embedd_internal.create_own_role(p_role name, p_purpose text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.create_own_role(p_role name, p_purpose text) IS 'Makes a role that owns functions of ours in place of a superuser, where it is missing: it cannot log in, and nobody can become it, for whoever could, could change what those functions do. One like it that is not so is never taken for ours.';
CREATE FUNCTION embedd_internal.describe_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.describe_generation(p_generation_id bigint) IS 'Forward for functions that read flat keys: generation_facts() has replaced it.';
CREATE FUNCTION embedd_internal.describe_source(source_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
COMMENT ON FUNCTION embedd_internal.describe_source(source_table text) IS 'Columns, keys and rights of a table as the current role sees them; null when there is no such table.';
CREATE FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) RETURNS TABLE(bucket integer, keys bigint, digest bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.digest_keys(p_generation_id bigint, p_buckets integer) IS 'What is known of a polled source, in buckets of keys: how many keys each holds and a digest of their row hashes. The worker compares them with the same sums over the source, computed there (embedd_pg/sources/table.py), so that only rows of buckets that differ have to be shipped. A dead letter counts with the row it was made for.';
CREATE FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) IS 'Turns a range into ordinary jobs, for one whose workers died: they find the row that does it. False: it is not ours.';
CREATE FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.drop_capture_function(p_capture_id integer) IS 'Drops the trigger function of a capture, with the rights of generate_capture(), which made it; not while triggers need it.';
CREATE FUNCTION embedd_internal.due_counts() RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.due_counts() IS 'Vector tables whose source is to be counted now: those that wait for their first backfill, and those of which the ledger does not know all rows, for a tier leaves some out. Of all others the ledger, or the comparison of a polled source, knows how many there are.';
CREATE FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) IS 'Where the credentials of an embedder are sent, as far as it is stored, in one spelling: its envelope opens for this alone. An embedder without base_url is at its vendor''s, wherever the operator has that.';
CREATE FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_configuration(p_embedder_id uuid) IS 'One embedder as programs need it to reach its vendor; secrets are encrypted envelopes or references.';
CREATE FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_duplicate_key(p_embedder embedd.embedders) IS 'What no two embedders of one owner made on the GoodMem face have in common, as a digest: long addresses would not fit an index entry. The index over it makes check and insert one step.';
CREATE FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_in_use(p_embedder_id uuid) IS 'Whether a vector table that is not dropped, or a task that has not ended, refers to an embedder.';
CREATE FUNCTION embedd_internal.embedder_records() RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.embedder_records() IS 'All embedders of the environment as the GoodMem face shows them, never their credentials. Those made elsewhere have no provider type of that face; its clients decode no other than theirs, so each is shown as what comes nearest: Gemini by the vendor''s OpenAI-compatible address, the built-in model as a server on this machine.';
CREATE FUNCTION embedd_internal.empty_stores() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.empty_stores() IS 'Part of detach(): gives all vector tables, whosever they are, new and empty stores, and forgets the old ones with all that is believed of them. Returns how many vector tables there are. Where all stores have their new names already it does nothing.';
CREATE FUNCTION embedd_internal.end_vector_table(p_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.end_vector_table(p_id text) IS 'Sync of a vector table stops and its name is free at once, the triggers go when nothing else needs them; a worker then removes the vectors. The capture''s row is locked, so that creating and dropping vector tables on one source take turns.';
CREATE FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) IS 'Makes keys of one generation dirty, in a lane.';
CREATE FUNCTION embedd_internal.enum_name(p_schema text, p_type text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.enum_name(p_schema text, p_type text) IS 'The name of the enum that two tokens name, schema and type; null when they name none, or one that is cast by a function of a user''s. The catalogue is read, the type is not used.';
CREATE FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) IS 'Heartbeat: keeps what this worker still works on. Returns the tokens that are still its own.';
CREATE FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) IS 'Renews the lease of a range; false when it is not ours any more.';
CREATE FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) IS 'Events can be fetched, and the worker goes on doing so; false when it is not to: another one does, or there is no table left. Where it was not possible before, tables that show an error are compared at once, which clears it. All connections to the same database are meant.';
CREATE FUNCTION embedd_internal.filter_operators(p_type text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_operators(p_type text) IS 'The operators by which a column of a filter type can be filtered; none without a filter type.';
CREATE FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) IS 'The node of checked bounds of a field. Those of an integer field become whole and closed, because a store may cut off the fraction of a bound; a node whose bounds no 64-bit integer can meet never holds.';
CREATE FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) RETURNS TABLE(digest bytea, vector bytea)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) IS 'The vectors that are there, as 4-byte floats, little-endian; they count as used today.';
CREATE FUNCTION embedd_internal.find_work() RETURNS TABLE(generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.find_work() IS 'The generations with jobs that are due, by lane; lane ''range'' stands for ranges of a first backfill. changed_at tells a worker whether what it knows of the table is stale. Of disabled organizations nothing is due, here and below. The planner settings here and wherever else jobs are looked for: statistics of a queue are always out of date, and by an index each look costs the same whatever they say.';
CREATE FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) IS 'Dropped vector tables have no capture elsewhere any more; those whose stores are gone, too, are forgotten.';
CREATE FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_count(p_generation_id bigint, p_rows bigint, p_began timestamp with time zone, p_delay interval, p_rest interval) IS 'The source of a vector table had so many rows after p_began; null: it could not be counted. If rows came or went meanwhile it is counted again, at the soonest after p_delay; while it waits for its first backfill, after p_rest.';
CREATE FUNCTION embedd_internal.finish_drop(p_generation_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_drop(p_generation_id bigint) IS 'The store of a dropped generation is gone: forget the generation, and its vector table with the last one, unless triggers of it are still to be removed elsewhere; and an organization being deleted with its last table.';
CREATE FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) IS 'A cycle over a polled source has ended; the next comes after p_delay. With an error nothing was deleted. With neither an error nor a count nothing was learned: only the time moves (a cycle that goes on, or that was interrupted).';
CREATE FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) IS 'Acknowledges a range that hold_range() locked, in the transaction that wrote its rows, after it wrote them. Arrays run in parallel, one entry per row written; rows that a live change was faster to write are not among them. p_later: keys left for ordinary jobs, as those of rows that the provider refuses: they may have changed since they were read, and only a job knows.';
CREATE FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) IS 'The whole store is read: what the pass did not meet is not in it, tokens go on above what was met (p_highest), and attempts may begin. False: another worker reads this store by now.';
CREATE FUNCTION embedd_internal.flat_generation(p_generation jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.flat_generation(p_generation jsonb) IS 'Forward for programs of 0.1.0 and 0.2.0: the JSON of get_generation() with the flat keys they read. Without an embedder or limits in it (generation_facts), those keys are null.';
CREATE FUNCTION embedd_internal.follow_source(p_capture_id integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.follow_source(p_capture_id integer) IS 'Where another table has the name of a watched one now (it was replaced, or dropped and made anew), watches that one instead. True: no vector table is left on this capture.';
CREATE FUNCTION embedd_internal.forget_events(p_capture_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.forget_events(p_capture_id integer) IS 'Takes the events of a capture that is no more out of the outbox; those that an ingest holds at the moment are left to it.';
CREATE FUNCTION embedd_internal.forget_organizations() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.forget_organizations() IS 'Removes what organizations that are being deleted have and no vector table of theirs needs any more to be cleaned up after; the organization itself with the last of them. With the rights of its owner: the worker, who is to call it, may remove nothing else of them.';
CREATE FUNCTION embedd_internal.free_outboxes() RETURNS TABLE(connection_id text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.free_outboxes() IS 'Connections with tables whose changes triggers elsewhere write down, while no worker fetches them; whoever fetches over one connection takes the events of all that lead to the same database.';
CREATE FUNCTION embedd_internal.generate_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.generate_capture(p_capture_id integer) IS 'Writes the trigger function of one capture anew: after its tracked columns changed, and on upgrade. The function only inserts into the outbox. It must never make a writer''s statement fail: when a column it names is gone, or the key has become a type that is no key, it says so (R) instead of touching it. The body is passed as a quoted literal, so no column name, however odd, can end it early. It runs with its owner''s rights, whoever asks, so that all these functions have one owner: who installed, or in place of a superuser embedd_capture. What it writes follows from the row in embedd.captures alone.';
CREATE FUNCTION embedd_internal.generation_facts(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.generation_facts(p_generation_id bigint) IS 'One generation without credentials and limits: its vector table, source, store, and what its vectors are made with.';
CREATE FUNCTION embedd_internal.get_active_generation(vector_table text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_active_generation(vector_table text) IS 'The generation of a vector table that is kept up to date now, as get_generation() shows it.';
CREATE FUNCTION embedd_internal.get_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_generation(p_generation_id bigint) IS 'All that workers and queries need of one generation: generation_facts() with the longest text its model takes, its embedder (null: it was deleted) and its limits. Secrets are encrypted envelopes or references.';
CREATE FUNCTION embedd_internal.get_price(p_provider text, p_model text) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_price(p_provider text, p_model text) IS 'US dollars for a million tokens of a model: the price an operator set, else that of the catalogue; null: no price known.';
CREATE FUNCTION embedd_internal.get_searchable_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.get_searchable_generation(vector_table text) IS 'The generation that answers the queries of a vector table, as get_generation() shows it: its model and its store are of one row, so a query never mixes two models.';
CREATE FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.has_permission(p_operation text, p_noun text, p_scope text) IS 'Whether the acting user holds <OPERATION>_<NOUN>_<SCOPE>, as UPDATE_CONNECTION_ANY: owners and admins ANY and OWN, members OWN, nobody else anything. The one place that says which role may do what; authorize() says what is whose.';
CREATE FUNCTION embedd_internal.highest_token() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.highest_token() IS 'The highest token that the ledger knows of, of all vector tables: a number of attempts, which says nothing of any row.';
CREATE FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS …;
COMMENT ON FUNCTION embedd_internal.hold_range(p_range bigint, p_token bigint) IS 'Locks a range for the transaction that writes its rows. False: somebody else has it by now, or it is not wanted any more; then nothing may be written.';
CREATE FUNCTION embedd_internal.indexed_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.indexed_words() IS 'The expression that the index on the words of a store is on; a search must use the very same. It takes the start of the text alone, because PostgreSQL refuses an index entry with more than a megabyte of words. `{language}` is replaced.';
CREATE FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint DEFAULT 0) RETURNS TABLE(events bigint, last_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.ingest(p_limit integer, p_from bigint) IS 'Turns what is in the outbox into jobs, one worker at a time; returns how many keys it took: p_limit or, as its last row may have several, a few more, unless there were fewer. The rows leave the outbox in the same transaction, so each is in exactly one of the two. A table not yet backfilled needs no jobs: its backfill reads every row later. A row whose key is null has no name and no job. p_from saves looking at what is gone: ids below it may still commit, so somebody has to come back. last_id is the last one taken, p_from - 1 if there was none, and null when another worker was at it.';
CREATE FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) IS 'Turns events that were fetched over a connection into jobs, as ingest() does with those of this database. The arrays run in parallel, an entry for each key; p_line names the database they are from, to which several connections may lead. The events are removed there only after this has committed; if that fails they come again, which costs a read. A table not yet backfilled needs no jobs: its backfill reads every row later.';
CREATE FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.insert_embedder(p_new embedd.embedders) IS 'Stores a new embedder of any face; returns its emb_ id. The caller has checked its fields and the right to make it. An embedder of the GoodMem face must have no equal of the same owner: one statement compares and inserts, so of many equal ones at once a single one gets through. The provider is not contacted.';
CREATE FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) IS 'Starts to watch a source table; returns the capture''s id. One capture serves every vector table on the same table and key, its tracked columns only grow here. Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE; it waits for running writers and later ones queue behind it, so its wait is limited (limit_lock_wait); then it gives all back and tries again instead of standing in the way.';
CREATE FUNCTION embedd_internal.installation() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.installation() IS 'What tells this installation from others in databases whose events it takes; null before its first worker.';
CREATE FUNCTION embedd_internal.instance_message(p_state text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.instance_message(p_state text) IS 'A state of the instance as a sentence; null where nothing is wrong.';
CREATE FUNCTION embedd_internal.instance_state() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.instance_state() IS 'Whether this database is still the one that owns the stores: new (nobody has looked yet), own, moved (another timeline, or the sequence of tokens was set back: it forgot what it once knew), foreign (a copy), standby.';
CREATE FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_capture_whole(p_capture_id integer, p_state jsonb) IS 'Whether a state has every trigger: on each table one for rows or three for statements, and the one for truncate.';
CREATE FUNCTION embedd_internal.is_fetched(p_connection_id text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_fetched(p_connection_id text) IS 'Whether a worker fetches the events of the database that a connection leads to, over whichever connection, without an error.';
CREATE FUNCTION embedd_internal.is_large(p_table regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_large(p_table regclass) IS 'Whether a table of ours holds so many rows now that a look at each takes too long for somebody who only wants to know how things are: then they are sampled. By the statistics that come with each commit; where these were lost, all are counted.';
CREATE FUNCTION embedd_internal.is_metered(p_vector_table_id text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) IS 'Whether its organization''s tier bounds how many rows a vector table may hold.';
CREATE FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) IS 'Keeps vectors for the next time their texts come.';
CREATE FUNCTION embedd_internal.keep_condition() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keep_condition() IS 'Lets no condition into a vector table that read_condition() does not let through, whoever writes the row, and keeps with it the columns it names. Nothing of the text is executed here; a worker reads it again before it uses it.';
CREATE FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.kept_dimensions(p_provider text, p_model text, p_base_url text, p_dimensions integer) IS 'The size of the vectors of a vector table that changes its model or embedder: what it was (p_dimensions), at a server of one''s own and for a model that is not in the catalogue. Null: the catalogue says it.';
CREATE FUNCTION embedd_internal.key_text(p_row text, p_key text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.key_text(p_row text, p_key text[]) IS 'SQL for the key of a row as one text, null where a part is: the text of its only column, or a JSON array of the texts of several, without blanks. One text for each key, the same bytes as Key in embedd_pg/sources/key.py makes.';
CREATE FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) IS 'A page of the known keys of some buckets of digest_keys(), in key order.';
CREATE FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint DEFAULT NULL::bigint) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) IS 'A page of the keys the ledger knows, those of dead letters too, in key order; p_unchecked_since: only those no attempt since met.';
CREATE FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) IS 'One page of what a store itself says: beliefs become that, so that the comparison that follows knows of every row the store holds, also of those the ledger never heard of. False: another worker reads this store by now. Arrays run in parallel, one entry per key. A negative `checked` names the pass that met the key.';
CREATE FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision, share double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) IS 'Keys and scores of the rows with words of a query in a store of this database, the most and rarest words first, and the share of the words that each has.';
CREATE FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.limit_lock_wait(p_held_since timestamp with time zone) IS 'Bounds how long the next lock on a source table is waited for, in this transaction: 2 s for the first, given null. Once one is held, given since when: less in all than deadlock_timeout, so that no writer is the one whose deadlock is resolved.';
CREATE FUNCTION embedd_internal.list_aliases() RETURNS TABLE(alias text, collection text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_aliases() IS 'Under which alias each vector table in the managed store is to be found, and the collection that answers for it now. No collection of ours begins like that. A copy that was detached has aliases of its own, as it has collections.';
CREATE FUNCTION embedd_internal.list_credentials() RETURNS TABLE(kind text, name text, organization_id text, provider text, base_url text, host text, ssl_mode text, secret_ref text, secret_removed boolean, stored boolean, bound boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_credentials() IS 'Which embedders and connections have credentials: stored, which only the service can open, named by a reference, or removed since their address changed; where they are sent, and whether they are bound to that address. For workers when they start and for the doctor, of all organizations; never the credentials.';
CREATE FUNCTION embedd_internal.list_dropped() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_dropped() IS 'Generations whose physical store still has to be removed; first gives up those that another one replaced a minute ago.';
CREATE FUNCTION embedd_internal.list_dropped_captures() RETURNS TABLE(connection_id text, remote_capture_id integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_dropped_captures() IS 'Captures elsewhere whose triggers still have to be removed: their last vector table was dropped. First lets go of those that another vector table needs, over the same connection or another one to the same database.';
CREATE FUNCTION embedd_internal.list_envelopes() RETURNS TABLE(kind text, id text, organization_id text, name text, envelope jsonb, form text, address jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_envelopes() IS 'Every sealed credential with its place, of all organizations: for rotation, by an operator who holds the keys. `address` is what the envelope is bound to: of an embedder as embedder_address() says it, of a connection the fields that make it up.';
CREATE FUNCTION embedd_internal.list_generations() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_generations() IS 'Generations whose store is in use, for regular upkeep; before the first backfill there is none.';
CREATE FUNCTION embedd_internal.list_sealed() RETURNS TABLE(kind text, id text, organization_id text, envelope jsonb, form text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.list_sealed() IS 'Every sealed credential, of all organizations, as programs of before rotate them; list_envelopes() says more.';
CREATE FUNCTION embedd_internal.load_embedder(p_embedder text) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.load_embedder(p_embedder text) IS 'The embedder_configuration() of an embedder by name or id, to embed or rerank with it. For the service alone, which holds the key of the secrets.';
CREATE FUNCTION embedd_internal.load_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) IS 'Forward for programs of 0.1.0 and 0.2.0, which read flat keys: get_generation() has replaced it.';
CREATE FUNCTION embedd_internal.lock_embedder(p_reference text) RETURNS embedd.embedders
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.lock_embedder(p_reference text) IS 'The embedder a user means, its row locked until the transaction ends: against changes, and against those who start to use it (a vector table that refers to it waits).';
CREATE FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) RETURNS TABLE(key text, busy boolean, dead boolean, token bigint, checked bigint, source_hash text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[]) IS 'What the ledger knows of some keys, in one snapshot. busy: a change of the key waits or is being worked on, so source and store may differ; while a task of the generation is under way, the table was truncated, or the outbox is too large to be searched, that holds for all keys. dead: its job was set aside. token and checked: of the state that is believed, null where there is none.';
CREATE FUNCTION embedd_internal.make_way() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.make_way() IS 'Lets rows of a dump take the place of those the installation itself put there. Restoring a database that has embedd as an extension installs it first, with its rows, and then adds the dump''s, changed since or not. Only rows still as they were installed make way; any other refuses the new one as a duplicate, as if this were not here.';
CREATE FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.mark_dirty(p_generations bigint[], p_keys text[], p_counts bigint[], p_since timestamp with time zone[], p_lane text) IS 'Queues a job for each key that changed: the one place where keys become dirty. The arrays run in parallel, with no pair of generation and key twice; a null in p_since means now. A key that waits in the live lane stays there. A key that was set aside is tried again, and, if workers died with it, is tried alone. Locks rows of jobs in the order of generation and key, as every function does that locks several.';
CREATE FUNCTION embedd_internal.max_key_bytes() RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.max_key_bytes() IS 'The longest key, in bytes, that surely fits the index of jobs. A longer one must not stop everybody''s ingest, so its table is reconciled instead: what does not fit then stops that task alone, and shows.';
CREATE FUNCTION embedd_internal.may_range(p_generation_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.may_range(p_generation_id bigint) IS 'Whether a backfill of a generation may lease key ranges: only where the write and its acknowledgement are one transaction (the vectors lie beside the ledger), so that an attempt that lost its lease writes nothing; and only while nothing is known of the rows, so that there is nothing to compare.';
CREATE FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) IS 'Whether the role that asks sees a row of a source table beside its vectors, through that table''s own row security: what the policy on the table of the vectors asks. It names its table in a text, so that nothing depends on it and it can be altered and dropped as before. Fails, naming the table, for a role that may not read it.';
CREATE FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) IS 'Those of a range''s keys that others see to: a job waits for them, or an attempt has been there and every change since makes a job. The range need not embed them.';
CREATE FUNCTION embedd_internal.model_limits(p_provider text, p_model text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.model_limits(p_provider text, p_model text) IS 'What one text and one request to a provider may hold for a model. What the catalogue does not say of the model is as the provider usually has it.';
CREATE FUNCTION embedd_internal.model_warning(p_provider text, p_model text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.model_warning(p_provider text, p_model text) IS 'What should be known of a model before it is used: that it is not in the catalogue, that it is retired or will be, or that its vendor recommends another one. Null: nothing.';
CREATE FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.named_key(p_source jsonb, p_named text) IS 'The columns that primary_key_column names: one, just as it is called, or several as SQL identifiers with commas between them; when nothing is named, those of the primary key. Null where there is none.';
CREATE FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) IS 'Keys and cosine similarities of the rows nearest to a vector in a store beside us, along the HNSW index, or exactly where that yields too few. Where texts are cut into passages, a row is as near as its nearest one.';
CREATE FUNCTION embedd_internal.needed_columns(p_capture_id integer) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.needed_columns(p_capture_id integer) IS 'The columns that vector tables on a capture need, whosever they are; null: none is left on it.';
CREATE FUNCTION embedd_internal.needs_row_triggers(p_table regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.needs_row_triggers(p_table regclass) IS 'Statement triggers on one table of a tree miss changes aimed at another; replication applies fire row triggers only.';
CREATE FUNCTION embedd_internal.new_embedder() RETURNS embedd.embedders
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.new_embedder() IS 'A new embedder of the acting user, not stored yet: what every face begins with.';
CREATE FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb) IS 'A new embedder of the acting user, not stored yet, with the fields of the GoodMem face put in.';
CREATE FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_capture(p_capture_id integer, p_message text, p_error boolean) IS 'Tells all vector tables on a capture, whosever they are, what an audit found: an error, or that it was mended and all rows are compared.';
CREATE FUNCTION embedd_internal.note_change(p_operation text, p_target text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_change(p_operation text, p_target text) IS 'Notes in the audit log, in the same transaction, what a management function has done for a command or in SQL. What is asked for over REST, with an API key, the API notes itself, also what it refused.';
CREATE FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_model(p_vector_table_id text, p_provider text, p_model text, p_base_url text) IS 'Shows model_warning(), if there is one, to the session, and puts it into the notices of a vector table, unless the model is at a server of one''s own (p_base_url), whose models the catalogue is not expected to know.';
CREATE FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) IS 'What a worker found in the store as the mark of who writes to it (p_found, null: none; p_found_token is the mark''s). own: it is one that this database left; beat is the next one to leave, under token, remembered before it is written. Any other was left by a copy, by what this database was restored from, or by a primary that was lost with its last moments: unknown, until it has not changed for p_watch; then nobody is there any more, and this database goes on in its place. If it changes meanwhile a copy is at work: foreign, until an operator decides. renamed: look at the mark of uid.';
CREATE FUNCTION embedd_internal.oldest_envelope() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_envelope() IS 'The oldest version of envelopes that is opened. Once retire_envelopes() has raised it, nothing lowers it again.';
CREATE FUNCTION embedd_internal.oldest_event() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_event() IS 'When the oldest change in the outbox was made; of a large outbox the oldest of a sample. Null: it is empty.';
CREATE FUNCTION embedd_internal.oldest_jobs() RETURNS TABLE(lane text, dirty_since timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.oldest_jobs() IS 'Since when the oldest job of each lane waits, of tables that are followed: neither dropped nor paused, nor of a disabled organization. Of many jobs it is the oldest of a sample.';
CREATE FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) IS 'The one id that a name or id given by a user means; says so when there is none or more than one. Names are labels and may repeat (REST allows it), ids never do. Callers keep the id in a variable: in a WHERE clause this would run once a row, and never where there is no row.';
CREATE FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text DEFAULT NULL::text, p_dimensions integer DEFAULT NULL::integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) IS 'What requests to an embedder need: what load_embedder() says, with the model, its dimensions, its limits, model_warning() and whether it is in the catalogue. Null when no model is named here or by the embedder.';
CREATE FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) IS 'Check the request of a search, and answer how to carry it out: the `filter` in its normal form, and how many rows to find (`candidates`), of which a reranker keeps `limit`. For a hybrid search also how many rows each ranking brings (`depth`: a row good in both is often the first in neither) and the share of the score that `meaning` decides (with equal halves less was found among long descriptions, many of which have a word of any query, than by meaning alone: benchmarks/relevance.py). The request has the fields of the REST body; `query_vector` says whether SQL gave one.';
CREATE FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text DEFAULT NULL::text, p_dimensions integer DEFAULT NULL::integer, p_vector_table text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.plan_vector_table(p_embedder text, p_model text, p_dimensions integer, p_vector_table text) IS 'plan_embedding() for the embedder, model and size that a vector table would have: a new one, or one that is to change (p_vector_table is its id). Null where no embedder is left, or where the provider''s default model will be taken.';
CREATE FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid DEFAULT NULL::uuid, p_provider_type text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.planned_address(p_fields jsonb, p_embedder uuid, p_provider_type text) IS 'Where credentials will be sent once these fields are put into an embedder (null: into a new one of that type). The service seals them for this address: see embedder_address(). Nothing is changed; the fields are checked as create and update check them.';
CREATE FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.poll_work(p_limit integer, p_from bigint, p_arm boolean) IS 'One look for work, one transaction: take what is in the outbox, then say which generations have due jobs and whether tasks, polled sources, sources to be counted, outboxes elsewhere, captures there or stores that were dropped wait (none of which this worker may be able to serve). p_arm asks writers to ring from now on; without it those who come are told not to, for a worker that is kept busy needs no bell. oldest: transactions before it had ended before the look; newest: those from it on began after. They tell the worker behind which place of the outbox nothing is left.';
CREATE FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb) IS 'All that a program must know to carry out a search of a vector table that can answer one: its generation, and the plan of the request. One row says store, embedder, model and dimensions, so a query never mixes two models.';
CREATE FUNCTION embedd_internal.protect_rows() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.protect_rows() IS 'Row security of the tables in which something belongs to an organization: embedd_admin and embedd_reader see and change the rows of the acting organization alone. A worker works for all of them, unless it acts for one; and embedd_definer has the functions that say themselves whose rows they touch. It is not forced: the owner, who dumps and upgrades, sees all. A role that is not listed sees nothing. Part of grant_rights(): makes what is missing. To change a condition, drop its policies in a migration.';
CREATE FUNCTION embedd_internal.providers() RETURNS TABLE(provider text, needs_key boolean, needs_address boolean, any_model boolean, default_model text, shown_type text, shown_url text, max_text_tokens integer, max_items integer, max_tokens integer, max_requests integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.providers() IS 'The vendors: the one list of them in SQL; each has an adapter in embedd_pg/embedding/providers. The limits are for models that are not in embedd.models; any_model says whether there may be such. needs_address: the server is the operator''s own. shown_type and shown_url are how the GoodMem face shows an embedder that was not made there.';
CREATE FUNCTION embedd_internal.prunable_token() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prunable_token() IS 'Notes where the fence stands (once a minute) and returns the token below which tombstones can go: older than an hour and older than any attempt still under way. Null while nothing is that old.';
CREATE FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.prune_cached_vectors(p_bytes bigint) IS 'Removes the vectors not used for longest, until what is left takes no more than p_bytes; returns how many were removed.';
CREATE FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) RETURNS TABLE(terms text[], queries text[], shares double precision[], total double precision, candidates integer, matching text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) IS 'The words of a query as the index on the words of a store knows them, the rarest first: each as a tsquery, and the share of the rows it is in (a word that statistics do not name is rare); how many rows there are; and which rows to rank, as a tsquery: those with any of the words while these are few, beyond that the most common words only rank. At most `candidates` are ranked, each for some 50 µs: more rows match only when a word is in a good part of all rows, and then says little. No row where the query has no word.';
CREATE FUNCTION embedd_internal.raise_fence(p_seen bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.raise_fence(p_seen bigint) IS 'Lets tokens go on above p_seen, with room for attempts under way that nobody here knows of; never back. Returns where.';
CREATE FUNCTION embedd_internal.ranked_words() RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.ranked_words() IS 'The statement that ranks the rows of a store by the words of a query: each word''s rank, where its count saturates and long texts count less, times its weight in BM25 (Robertson and Zaragoza, 2009, section 3.3); and the share of the words that the row has. `{table}`, `{words}` (indexed_words()) and `{condition}` are replaced. The parameters are columns of query_terms(), namely matching, candidates, terms, queries, shares and total, and how many rows to answer. The service runs the same text on stores in other databases.';
CREATE FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_condition(p_condition text, OUT columns text[], OUT compared text[]) IS 'Reads the text of a condition and refuses what no condition may hold, before anything of it is parsed or planned: planning runs functions of constant arguments. Token by token it lets through columns, constants, and what condition_vocabulary() lists; it executes nothing. What comes through can only be an expression of built-in, immutable functions, operators and types, or no expression at all: without a schema, a comment, a statement''s end or a subquery nothing else can be said. Of functions the catalogue is asked; of types with a schema only enums are casts, whose input and comparisons are built in. Answers the columns it names, and those that are more than asked whether they are null.';
CREATE FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) IS 'What tells this database from a copy of it, as far as the current role may see: the server''s system identifier (a physical copy keeps it), its timeline (a promoted standby and a restored backup count on), the ids of the database and of a table of ours (a restored dump and a database made from a template have others). Hosts that keep some of it from us leave it null, and null is compared with nothing.';
CREATE FUNCTION embedd_internal.read_sizes(p_sizes text) RETURNS int4multirange
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.read_sizes(p_sizes text) IS 'Sizes of vectors as they are written: numbers and spans between blanks or commas, as in ''256 512 1024'' or ''128-3072''.';
CREATE FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) IS 'Adds an entry to the audit log: the one way there is, for nobody but the owner has a right on the table. Who calls it says what was done and how it ended; the time and the role that logged in are not the caller''s to say. A request has an id, a command says of its session that it is one (embedd.door), and all else is SQL.';
CREATE FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) IS 'What a test found. p_error null: it worked, and p_capture says how changes will be noticed: by triggers of this database only over the connection that has no host. Where that is otherwise than before, tables are compared at once, for the next comparison may be an hour away.';
CREATE FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_embedding(p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) IS 'Adds what an embedder was asked for no vector table. Nothing is kept when it is gone by now.';
CREATE FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) IS 'What came of the attempt to have a table''s changes written down in the database of its connection: the capture there, or why there is none. That is told once, and the table is compared as one that has no triggers.';
CREATE FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) IS 'Adds what an embedder was asked to rerank for a generation''s vector table. Nothing is kept when one of the two is gone by now.';
CREATE FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint DEFAULT NULL::bigint, p_of_work boolean DEFAULT false) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint, p_of_work boolean) IS 'A table''s sync went well (p_error null) or met something that stops it. The status follows: error and back. A first backfill counts as synced only when it is complete, which complete_task() says. A table whose last backfill failed stays in error until another one completes: rows may be missing. A table whose changes triggers elsewhere write down is in error as long as they cannot be fetched. What else went wrong there may have kept a comparison from its end: the next one, which comes soon, clears the error (p_source_rows given). p_of_work: the error was met with jobs or ranges, and is over when none is left (settle_errors).';
CREATE FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) IS 'Adds what a generation''s embedder was asked. Nothing is kept when one of the two is gone by now.';
CREATE FUNCTION embedd_internal.refill_generation(p_generation_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refill_generation(p_generation_id bigint) IS 'The physical store of a generation was gone and has been made anew, empty: everything is to be written again. Returns how many rows are lost; 0 for a store that nothing was written to, which is simply new. What is believed is forgotten. Attempts under way may have written to the old store: their jobs get another token, so that nothing they acknowledge counts, and the next claim asks the store. A backfill does the rest; one under way starts over. Queries wait until it is complete.';
CREATE FUNCTION embedd_internal.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_audit_change() IS 'Entries of the audit log are added, never changed: also not by the owner of the schema or a superuser by mistake.';
CREATE FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_condition(p_what text, p_hint text) IS 'Raises what a condition is refused with.';
CREATE FUNCTION embedd_internal.refuse_foreign_capture() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.refuse_foreign_capture() IS 'Lets nobody widen what is captured of a table that is not theirs. Whoever writes which columns a capture watches must own the table, or be a member of the role that does: the trigger runs with the rights of whoever writes the row, in whatever function, while generate_capture(), which has other rights, writes what the row says and nothing else. Columns may be taken away.';
CREATE FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[] DEFAULT NULL::bigint[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) IS 'Gives leased jobs back for a later try. p_burn: the fault was the row''s own, so it counts against the row, and at p_max_attempts the job is set aside as dead. Faults of a provider, a store or a source never count, nor does the fault of a row that changed since it was read; and who gives a job back has survived it, so its crashes are forgotten. p_wants is each job''s want at its claim, parallel to p_keys.';
CREATE FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) IS 'Gives a range back to be tried again later.';
CREATE FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) IS 'The worker stops fetching; another one may after p_delay. With an error all tables concerned show it, and are compared as if they had no triggers until events can be fetched again.';
CREATE FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) IS 'Gives a task back to go on later. p_burn: the error counts as an attempt, and after the last one the task has failed; an outage does not count. The table shows the error either way. A rebackfill that failed leaves the configuration that still answers.';
CREATE FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remaining_tokens(p_generation_id bigint) IS 'How many tokens the embedder of a generation has left for documents this month, never below 0; null: no bound.';
CREATE FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remaining_vectors(p_generation_id bigint) IS 'How many more rows a generation may hold within its organization''s tier, never below 0; null is no limit. The other managed tables count with what answers queries; a generation being built counts instead of the one it replaces.';
CREATE FUNCTION embedd_internal.remove_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.remove_capture(p_capture_id integer) IS 'Stops watching: drops the triggers wherever they are, the function and the row. Doing it twice changes nothing. Locks: DROP TRIGGER takes ACCESS EXCLUSIVE, which even readers queue behind, so it waits as install_capture() does. Its events in the outbox are left to whoever may take them.';
CREATE FUNCTION embedd_internal.repair_capture(p_capture_id integer) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.repair_capture(p_capture_id integer) IS 'Brings function and triggers of a capture to what an installation today would make, and drops triggers from tables that are no longer part of it. Returns null, or why it was not possible; then nothing was changed. Its wait for locks is limited (limit_lock_wait).';
CREATE FUNCTION embedd_internal.replace_generation(p_vector_table_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.replace_generation(p_vector_table_id text) IS 'Puts a new generation beside the active one, or in its place while nothing was ever filled. One that was being built for a configuration now out of date is given up.';
CREATE FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea DEFAULT NULL::bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) IS 'Puts a newly sealed credential in place of the one it was opened from; false when that one is no longer there.';
CREATE FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_rebackfill(p_vector_table_id text) IS 'Starts the task that fills the generation being built, or brings the active one up to its new columns.';
CREATE FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_reconcile(p_vector_table_id text) IS 'Asks for every present and every known key of a vector table to be looked at again. One that already runs starts over: it may have passed rows that changed unseen since.';
CREATE FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.request_sweep(p_stores text[], p_interval interval) IS 'Starts the sweep of the vector table that waits for one longest, if any is due: each is compared once in p_interval (0: never). One at a time, so that sweeps spread over the day and take a small share; a table where something else is under way comes later, and one that could not be compared is not tried again at once. Returns the task''s id, or null.';
CREATE FUNCTION embedd_internal.require_instance() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.require_instance() IS 'Refuses to go on in a database that does not own the stores, or not as it is. Whatever leads to a write calls it first, in its own transaction: a connection may lead to another server at any time. A session stays with its server, so what it found is good for as long as the database remembers the same (30 µs instead of 300).';
CREATE FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) IS 'Refuses the acting user who may not do this to what p_owner owns: one''s own needs OWN, another''s needs ANY, and so does what is nobody''s own (null).';
CREATE FUNCTION embedd_internal.resolve_connection(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_connection(p_reference text) IS 'Id of the connection a user means by name or id.';
CREATE FUNCTION embedd_internal.resolve_embedder(p_reference text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_embedder(p_reference text) IS 'Id of the embedder a user means: by emb_ id, by UUID, or by name. No name hides an id.';
CREATE FUNCTION embedd_internal.resolve_environment(p_environment text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_environment(p_environment text) IS 'The id of an environment of the acting organization, given by name or id.';
CREATE FUNCTION embedd_internal.resolve_organization(p_organization text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_organization(p_organization text) IS 'The id of an organization given by name or id. Organizations are the operator''s: whoever acts in SQL sees them all.';
CREATE FUNCTION embedd_internal.resolve_tenant(p_organization text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_tenant(p_organization text) IS 'The id of an organization that may be disabled or deleted: not the one that psql users are and a deployment begins with.';
CREATE FUNCTION embedd_internal.resolve_user(p_user text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_user(p_user text) IS 'The id of a user of the acting organization, given by name or id.';
CREATE FUNCTION embedd_internal.resolve_vector_table(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resolve_vector_table(p_reference text) IS 'Id of the vector table a user means by name or id.';
CREATE FUNCTION embedd_internal.restart_ledger(p_message text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.restart_ledger(p_message text) IS 'The ledger may know less than the stores hold, or other things. Tokens go on far above whatever it knows, out of reach of attempts that other workers began before; each store is read before anything is claimed for it; what the ledger believes of a row is asked of the store; and all rows are compared.';
CREATE FUNCTION embedd_internal.resting_reason() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.resting_reason() IS 'Why no worker follows the vector tables of the acting organization; null while workers do. The tables are shown as paused then, whatever state they were left in. The view embedd.status says the same of all organizations.';
CREATE FUNCTION embedd_internal.retire_envelopes() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.retire_envelopes() IS 'Ends the time of envelopes that know nothing of addresses, once none is left; whether it has ended.';
CREATE FUNCTION embedd_internal.sample_share(p_table regclass) RETURNS real
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.sample_share(p_table regclass) IS 'Which percentage of a table''s pages to look at for a sample: a thousand of them, all if there are fewer.';
CREATE FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) IS 'Writes a changed embedder back; whoever calls it holds the row''s lock. What vectors depend on stays while they are in use, unless p_allow_in_use. Its credentials stay only where they were sent for: another address removes them, unless they were sent again (p_secret_sent). An embedder made on the GoodMem face cannot become equal to another of its owner.';
CREATE FUNCTION embedd_internal.searchable_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.searchable_generation(vector_table text) IS 'Forward for programs of 0.1.0 and 0.2.0, which read flat keys: prepare_search() has replaced it.';
CREATE FUNCTION embedd_internal.seed_models() RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.seed_models() IS 'Writes the shipped models to embedd.models; part of each installation and upgrade. Models that operators added stay as they are, also those that have the name of a shipped one.';
CREATE FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text) IS 'Makes an organization active or disabled, notes the change and wakes the workers. One that is being deleted stays so.';
CREATE FUNCTION embedd_internal.settle_errors() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.settle_errors() IS 'Ends the errors that were met with jobs or ranges of which none is left: another worker did the rest before the error was told, or the one that did it died before it said so. A table that is equal to its source must not show an error until its next change.';
CREATE FUNCTION embedd_internal.shipped_models() RETURNS TABLE(provider text, model text, kind text, dimensions integer, sizes int4multirange, size_fixed boolean, max_text_tokens integer, max_items integer, max_tokens integer, usd_per_million numeric, retired_on date, successor text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.shipped_models() IS 'The models this version ships with; seed_models() writes them to embedd.models. size_fixed marks models of the guide, used at their vendor in their own size alone. Sources are pages of the vendors'' documentation, named here; what no such page or price list confirmed is null. A successor without retired_on: the vendor calls the model an older one.';
CREATE FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.shown_sizes(p_sizes int4multirange) IS 'Sizes of vectors in words: "256, 512, 1024" or "128 to 3072".';
CREATE FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) IS 'The condition of a vector table, checked: as Python read and printed it (p_source has it then), or here for a table of this database. Blank means none.';
CREATE FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) IS 'A verification of the generation that answers queries, as a task. Sweeps let everything else go first.';
CREATE FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text) IS 'Puts the condition of a vector table into the words in which a worker has read it; an error of the one before is over. One that was changed meanwhile stays.';
CREATE FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) IS 'Queues keys whose point in the store is not what the ledger believes. Just queued they would come to nothing: the row is as it was when it was written last. So the job is left as an attempt leaves it that died in the middle of its work, with a token drawn just now that nothing was acknowledged under. Whoever claims it asks the store what it holds, and writes under a token higher than any before, whatever the answer; text that the store holds already is not embedded again. No concurrent attempt is disturbed: one that is under way keeps its token and its lease, and because the key is wanted once more its acknowledgement leaves the job; it read the row and wrote after the difference was seen, or else left the job with a token that is not the state''s, which says the same as ours. An attempt that lost its lease acknowledges nothing. A dead letter stays one until its row changes.';
CREATE FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) IS 'Takes one request of so many tokens out of the embedder''s buckets; returns the seconds to wait when there is not enough in them, and then takes nothing. They hold what is allowed in ten seconds and are filled steadily. A tenth of them is for queries, which are never kept waiting: what they take below nothing, documents wait for. A request larger than a bucket goes when the bucket is full.';
CREATE FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone DEFAULT clock_timestamp()) RETURNS TABLE(admitted boolean, remaining integer, reset_at bigint, wait_seconds integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) IS 'Counts one request of an organization and says whether it is within p_limit per minute. A sliding window of two one-minute buckets: those of the minute before count by the part of it that lies less than a minute back. Refused requests are not counted, so that who keeps asking is served again in time. One statement, and the row''s lock puts the requests of all API processes in order; a clock behind the row''s is taken to be at the start of its minute. (1e-6: a wait that ends on the second must end there.)';
CREATE FUNCTION embedd_internal.task_lane(p_task_type text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.task_lane(p_task_type text) IS 'The lane in which a task of this type queues its keys.';
CREATE FUNCTION embedd_internal.text_signature(p_columns json) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.text_signature(p_columns json) IS 'What of the columns decides the text of a row: the embedded ones in their order, with their prefixes. Two configurations with the same signature need no new vectors.';
CREATE FUNCTION embedd_internal.unread_conditions() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.unread_conditions() IS 'Generations of vector tables whose condition no worker has read as it is now.';
CREATE FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb DEFAULT NULL::jsonb, p_fingerprint bytea DEFAULT NULL::bytea, p_address text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea, p_address text) IS 'Changes the given fields of an embedder, whole or not at all. First the fields are checked, then whether it exists, then the right to change it, then what its use and its equals allow. The row is locked against those who start to use it. p_address is what the credentials were sealed for (planned_address).';
CREATE FUNCTION embedd_internal.use_embedder(p_embedder uuid) RETURNS embedd.embedders
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.use_embedder(p_embedder uuid) IS 'An embedder of the acting organization for whoever starts to use it: locked against being deleted, without its credentials.';
CREATE FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[] DEFAULT '{}'::text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd_internal.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) IS 'Triggers for a table of this database, after a check that we may create them. Returns the capture''s id.';
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
COMMENT ON COLUMN embedd.connections.organization_id IS 'Whose connection it is.';
COMMENT ON COLUMN embedd.connections.environment_id IS 'The environment it exists in.';
COMMENT ON COLUMN embedd.connections.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.connections.provider IS 'The kind of database.';
COMMENT ON COLUMN embedd.connections.mode IS 'null: vector tables of either mode.';
COMMENT ON COLUMN embedd.connections.status IS 'created until its test: then connected or failed.';
COMMENT ON COLUMN embedd.connections.host IS 'null: the database embedd is installed in, reached the way embedd itself is.';
COMMENT ON COLUMN embedd.connections.port IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.database IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.username IS 'As in a connection string.';
COMMENT ON COLUMN embedd.connections.password IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.connections.ssl_mode IS 'As sslmode in a connection string.';
COMMENT ON COLUMN embedd.connections.capture IS 'How changes are noticed; set by the connection test.';
COMMENT ON COLUMN embedd.connections.created_by IS 'The user who made it.';
COMMENT ON COLUMN embedd.connections.created_at IS 'When it was made.';
COMMENT ON COLUMN embedd.connections.last_tested_at IS 'When it was tested the last time.';
COMMENT ON COLUMN embedd.connections.last_error IS 'Why the last test failed; null: it did not.';
COMMENT ON COLUMN embedd.connections.authentication IS 'How the server may ask for the stored password: scram-sha-256 proves nothing to a false server; any but in clear, for what was there before.';
CREATE TABLE embedd.environments (
    id text DEFAULT ('env_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT environments_name_check CHECK ((name ~ '^[a-z0-9_-]{1,50}$'::text))
);
COMMENT ON TABLE embedd.environments IS 'dev, staging, prod inside an organization: connections, embedders and vector tables of one do not exist in another.';
COMMENT ON COLUMN embedd.environments.id IS 'env_ and 32 hexadecimal digits.';
COMMENT ON COLUMN embedd.environments.organization_id IS 'Whose environment it is.';
COMMENT ON COLUMN embedd.environments.name IS 'Unique in its organization; prod is what nobody needs to name.';
COMMENT ON COLUMN embedd.environments.created_at IS 'When it was made.';
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
COMMENT ON TABLE embedd.generations IS 'Physical stores of a vector table, each for one configuration: the active one answers, another may be built beside it.';
COMMENT ON COLUMN embedd.generations.id IS 'In the order of making.';
COMMENT ON COLUMN embedd.generations.vector_table_id IS 'Whose store it is.';
COMMENT ON COLUMN embedd.generations.state IS 'building, active, draining (replaced a moment ago) or dropped (to be removed).';
COMMENT ON COLUMN embedd.generations.store IS 'qdrant or pgvector.';
COMMENT ON COLUMN embedd.generations.store_schema IS 'The schema of a pgvector table.';
COMMENT ON COLUMN embedd.generations.store_table IS 'The name of the collection or table.';
COMMENT ON COLUMN embedd.generations.created_at IS 'When it was made.';
COMMENT ON COLUMN embedd.generations.embedder_id IS 'What embeds it; null: that was deleted.';
COMMENT ON COLUMN embedd.generations.provider IS 'Of its vectors, by value.';
COMMENT ON COLUMN embedd.generations.base_url IS 'Of its vectors, by value.';
COMMENT ON COLUMN embedd.generations.embedding_model IS 'Of its vectors.';
COMMENT ON COLUMN embedd.generations.embedding_dimensions IS 'Of its vectors.';
COMMENT ON COLUMN embedd.generations.columns IS 'What its texts and metadata are made of.';
COMMENT ON COLUMN embedd.generations.retired_at IS 'When another one took over; it is kept for a moment, for queries under way.';
COMMENT ON COLUMN embedd.generations.refilling IS 'Its store was lost; queries wait until a backfill has filled it again.';
COMMENT ON COLUMN embedd.generations.suspect_before IS 'Beliefs older than this token are from before a failover or restore: the store is asked, and written under a new token.';
COMMENT ON COLUMN embedd.generations.chunking IS 'How its texts are cut into passages.';
COMMENT ON COLUMN embedd.generations.store_settings IS 'How its collection is laid out.';
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
COMMENT ON COLUMN embedd.jobs.key IS 'The dirty row''s.';
COMMENT ON COLUMN embedd.jobs.want IS 'How often it has become dirty; a job goes only if nothing was added since its claim.';
COMMENT ON COLUMN embedd.jobs.token IS 'Of the last attempt.';
COMMENT ON COLUMN embedd.jobs.lane IS 'live: changes; backfill and verify: long work. Each gets its turn.';
COMMENT ON COLUMN embedd.jobs.state IS 'dead: set aside, with its reason.';
COMMENT ON COLUMN embedd.jobs.leased_until IS 'Until when a worker has it; null: nobody does.';
COMMENT ON COLUMN embedd.jobs.worker IS 'Who has or had it last.';
COMMENT ON COLUMN embedd.jobs.attempts IS 'How often it failed.';
COMMENT ON COLUMN embedd.jobs.crashes IS 'How many workers ended while they had it.';
COMMENT ON COLUMN embedd.jobs.run_at IS 'Not tried before.';
COMMENT ON COLUMN embedd.jobs.dirty_since IS 'Since when the store may be behind.';
COMMENT ON COLUMN embedd.jobs.error_class IS 'What kind of failure the last one was.';
COMMENT ON COLUMN embedd.jobs.error IS 'What it said; never a row''s text.';
COMMENT ON COLUMN embedd.jobs.source_hash IS 'Row hash of a polled source for which the job was made; a dead one waits for another.';
CREATE TABLE embedd.notices (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    vector_table_id text,
    message text NOT NULL
);
COMMENT ON TABLE embedd.notices IS 'What was noticed and mended without anybody asking; null vector table: of the whole database.';
COMMENT ON COLUMN embedd.notices.id IS 'In the order of noticing.';
COMMENT ON COLUMN embedd.notices.at IS 'When.';
COMMENT ON COLUMN embedd.notices.vector_table_id IS 'What it is about; null: the whole database.';
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
COMMENT ON TABLE embedd.organizations IS 'Tenants. Who hosts for nobody else has one, org_self_hosted.';
COMMENT ON COLUMN embedd.organizations.id IS 'org_ and 32 hexadecimal digits; org_self_hosted is there from the start.';
COMMENT ON COLUMN embedd.organizations.name IS 'Unique in this database.';
COMMENT ON COLUMN embedd.organizations.status IS 'disabled: its keys are refused and its sync rests; deleting: it is gone when a worker has removed its vectors.';
COMMENT ON COLUMN embedd.organizations.tier IS 'Which quotas and rates it has: embedd.tier_limits().';
COMMENT ON COLUMN embedd.organizations.created_at IS 'When it was made.';
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
COMMENT ON COLUMN embedd.ranges.id IS 'In the order of keys.';
COMMENT ON COLUMN embedd.ranges.generation_id IS 'The store to be filled.';
COMMENT ON COLUMN embedd.ranges.task_id IS 'The backfill it is part of.';
COMMENT ON COLUMN embedd.ranges.after_key IS 'Exclusive start; null: from the first key.';
COMMENT ON COLUMN embedd.ranges.last_key IS 'Inclusive end.';
COMMENT ON COLUMN embedd.ranges.token IS 'Of the last attempt.';
COMMENT ON COLUMN embedd.ranges.leased_until IS 'Until when a worker has it; null: nobody does.';
COMMENT ON COLUMN embedd.ranges.worker IS 'Who has or had it last.';
COMMENT ON COLUMN embedd.ranges.crashes IS 'How many workers ended while they had it.';
COMMENT ON COLUMN embedd.ranges.run_at IS 'Not tried before.';
COMMENT ON COLUMN embedd.ranges.error_class IS 'What kind of failure the last one was.';
COMMENT ON COLUMN embedd.ranges.error IS 'What it said; never a row''s text.';
CREATE TABLE embedd.remote_outboxes (
    connection_id text NOT NULL,
    line uuid NOT NULL,
    worker text,
    leased_until timestamp with time zone,
    error text
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.remote_outboxes IS 'Connections over which events are fetched, by one worker at a time.';
COMMENT ON COLUMN embedd.remote_outboxes.connection_id IS 'The way to the other database.';
COMMENT ON COLUMN embedd.remote_outboxes.line IS 'Of the database it leads to, as that calls itself: several connections may lead to one.';
COMMENT ON COLUMN embedd.remote_outboxes.worker IS 'Who fetches.';
COMMENT ON COLUMN embedd.remote_outboxes.leased_until IS 'Until when; null: nobody does.';
COMMENT ON COLUMN embedd.remote_outboxes.error IS 'Why they cannot be at the moment; then the tables are compared as if they had no triggers.';
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
COMMENT ON COLUMN embedd.tasks.organization_id IS 'Whose task it is.';
COMMENT ON COLUMN embedd.tasks.task_type IS 'backfill, rebackfill, reconcile or verify.';
COMMENT ON COLUMN embedd.tasks.target_id IS 'The vector table.';
COMMENT ON COLUMN embedd.tasks.generation_id IS 'The store it fills or compares.';
COMMENT ON COLUMN embedd.tasks.status IS 'pending, running, completed, failed or cancelled.';
COMMENT ON COLUMN embedd.tasks.phase IS 'Where it is: see the table''s comment.';
COMMENT ON COLUMN embedd.tasks.priority IS 'Lower ones go first.';
COMMENT ON COLUMN embedd.tasks.start_token IS 'Older attempts know nothing of it.';
COMMENT ON COLUMN embedd.tasks.last_processed_pk IS 'It goes on behind this key, whoever does it.';
COMMENT ON COLUMN embedd.tasks.rows_processed IS 'Rows queued or compared so far.';
COMMENT ON COLUMN embedd.tasks.rows_total IS 'Rows of the source when it began; null: nobody has counted.';
COMMENT ON COLUMN embedd.tasks.attempts IS 'How often it failed for a reason of the source''s.';
COMMENT ON COLUMN embedd.tasks.max_attempts IS 'Then it is failed.';
COMMENT ON COLUMN embedd.tasks.last_error IS 'Why it failed the last time.';
COMMENT ON COLUMN embedd.tasks.run_at IS 'Not tried before.';
COMMENT ON COLUMN embedd.tasks.leased_until IS 'Until when a worker has it; null: nobody does.';
COMMENT ON COLUMN embedd.tasks.worker IS 'Who has or had it last.';
COMMENT ON COLUMN embedd.tasks.created_at IS 'When it was asked for.';
COMMENT ON COLUMN embedd.tasks.started_at IS 'When a worker first took it.';
COMMENT ON COLUMN embedd.tasks.finished_at IS 'When it ended.';
COMMENT ON COLUMN embedd.tasks.ranged IS 'Whether it may fill by ranges; decided when it first starts.';
COMMENT ON COLUMN embedd.tasks.phase_since IS 'When it came to the phase it is in.';
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
COMMENT ON TABLE embedd.vector_tables IS 'Searchable mirrors of source tables: what was asked for, and how far it is. embedd.status is the view for people.';
COMMENT ON COLUMN embedd.vector_tables.id IS 'vt_ and 32 hexadecimal digits.';
COMMENT ON COLUMN embedd.vector_tables.organization_id IS 'Whose vector table it is.';
COMMENT ON COLUMN embedd.vector_tables.environment_id IS 'The environment it exists in.';
COMMENT ON COLUMN embedd.vector_tables.name IS 'Unique in its environment when made in SQL.';
COMMENT ON COLUMN embedd.vector_tables.connection_id IS 'Where its source table is.';
COMMENT ON COLUMN embedd.vector_tables.embedder_id IS 'What embeds it; null: that was deleted.';
COMMENT ON COLUMN embedd.vector_tables.source_table IS 'As it was named.';
COMMENT ON COLUMN embedd.vector_tables.source_schema IS 'The schema that was found for it.';
COMMENT ON COLUMN embedd.vector_tables.source_name IS 'The table itself.';
COMMENT ON COLUMN embedd.vector_tables.primary_key_column IS 'What names a row, as users see it: a column, or several with commas.';
COMMENT ON COLUMN embedd.vector_tables.key_types IS 'Types of key_columns, in their order.';
COMMENT ON COLUMN embedd.vector_tables.mode IS 'managed: vectors in Qdrant; platform: in a table beside the source.';
COMMENT ON COLUMN embedd.vector_tables.sync_mode IS 'batch or cdc: how often a polled source is compared.';
COMMENT ON COLUMN embedd.vector_tables.embedding_model IS 'What its users asked for; each generation has its own.';
COMMENT ON COLUMN embedd.vector_tables.embedding_dimensions IS 'What its users asked for; each generation has its own.';
COMMENT ON COLUMN embedd.vector_tables.columns IS 'As they were sent: names, roles, prefixes, filter types.';
COMMENT ON COLUMN embedd.vector_tables.sync_status IS 'pending, backfilling, synced, paused, error or pending_rebackfill.';
COMMENT ON COLUMN embedd.vector_tables.capture_id IS 'Its triggers in this database; null: polled, or triggers elsewhere.';
COMMENT ON COLUMN embedd.vector_tables.source_rows IS 'Rows of the source when they were counted last: by a complete cycle if it is polled, at the start of a backfill, before the first one.';
COMMENT ON COLUMN embedd.vector_tables.next_poll_at IS 'When a polled source is compared next.';
COMMENT ON COLUMN embedd.vector_tables.last_synced_at IS 'When nothing waited for the last time.';
COMMENT ON COLUMN embedd.vector_tables.last_error IS 'Why it is not in sync; null: nothing is wrong.';
COMMENT ON COLUMN embedd.vector_tables.last_error_at IS 'Since when.';
COMMENT ON COLUMN embedd.vector_tables.created_by IS 'The user who made it.';
COMMENT ON COLUMN embedd.vector_tables.created_at IS 'When it was made.';
COMMENT ON COLUMN embedd.vector_tables.changed_at IS 'When what a worker must know last changed.';
COMMENT ON COLUMN embedd.vector_tables.dropped_at IS 'Dropped for its users; a worker still has to remove the store.';
COMMENT ON COLUMN embedd.vector_tables.language IS 'A text search configuration of PostgreSQL''s own.';
COMMENT ON COLUMN embedd.vector_tables.condition IS 'Only rows it is true for are mirrored. What embedd.read_condition() lets through; a worker reads it again before it uses it.';
COMMENT ON COLUMN embedd.vector_tables.condition_columns IS 'The columns the condition names: their changes are watched, too.';
COMMENT ON COLUMN embedd.vector_tables.chunking IS 'How a text is cut into passages, each of which has a vector of its own; as check_chunking() gives it.';
COMMENT ON COLUMN embedd.vector_tables.store_settings IS 'How its collections are laid out; as check_store_settings() gives it.';
COMMENT ON COLUMN embedd.vector_tables.key_columns IS 'What names a row, in the order of the parts of its key; key_types runs in parallel.';
COMMENT ON COLUMN embedd.vector_tables.remote_capture_id IS 'Of the capture in the database of the connection, which has its own; stays until its triggers are removed there.';
COMMENT ON COLUMN embedd.vector_tables.error_of_work IS 'Whether the error is over when no job and no range is left.';
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
            'a session that hears of changes'::text,
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
COMMENT ON VIEW embedd.activity IS 'What workers do now and did last, of all organizations: tasks under way and the last ones that ended, rows claimed, outboxes fetched, workers that sleep until a writer rings, the latest notices. Reads tables alone, so SELECT on it is enough; it costs a pass over embedd.jobs and embedd.tasks, milliseconds where few rows wait, a fifth of a second with a million that do.';
COMMENT ON COLUMN embedd.activity.organization IS 'Whose vector table it is about; null: about the whole database.';
COMMENT ON COLUMN embedd.activity.environment IS 'The environment of that vector table.';
COMMENT ON COLUMN embedd.activity.vector_table IS 'Its name.';
COMMENT ON COLUMN embedd.activity.kind IS 'task, jobs (changed rows being carried over), range (of keys, of a first backfill), outbox (of another database), listener, notice.';
COMMENT ON COLUMN embedd.activity.what IS 'The type of a task, the lane of jobs (live, backfill, verify), the connection of an outbox.';
COMMENT ON COLUMN embedd.activity.state IS 'Of a task its status; what is claimed is in the hands of a worker.';
COMMENT ON COLUMN embedd.activity.worker IS 'Who does it; null: nobody at the moment.';
COMMENT ON COLUMN embedd.activity.since IS 'When a task started or ended, the oldest of the rows became dirty, a notice was made.';
COMMENT ON COLUMN embedd.activity.rows_done IS 'Rows that are done, of those a task has queued or compared so far.';
COMMENT ON COLUMN embedd.activity.rows_total IS 'Rows there are; of jobs how many are claimed.';
COMMENT ON COLUMN embedd.activity.rows_per_second IS 'Since the task started.';
COMMENT ON COLUMN embedd.activity.estimated_end IS 'When a running task ends at that rate.';
COMMENT ON COLUMN embedd.activity.message IS 'The last error of a task or an outbox; what a notice says.';
COMMENT ON COLUMN embedd.activity.id IS 'The task, or the connection of an outbox.';
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
COMMENT ON TABLE embedd.api_keys IS 'Keys of the REST API, by digest alone; revoked ones stay to be seen.';
COMMENT ON COLUMN embedd.api_keys.id IS 'key_ and 32 hexadecimal digits; not the key.';
COMMENT ON COLUMN embedd.api_keys.organization_id IS 'What it lets in to.';
COMMENT ON COLUMN embedd.api_keys.user_id IS 'Whom a call with it acts as.';
COMMENT ON COLUMN embedd.api_keys.name IS 'What its user calls it.';
COMMENT ON COLUMN embedd.api_keys.digest IS 'SHA-256 of the key; the key itself is shown once and stored nowhere.';
COMMENT ON COLUMN embedd.api_keys.key_prefix IS 'Its first 12 characters, to tell keys apart.';
COMMENT ON COLUMN embedd.api_keys.permission IS 'read_only: every GET and the query.';
COMMENT ON COLUMN embedd.api_keys.created_at IS 'When it was made.';
COMMENT ON COLUMN embedd.api_keys.revoked_at IS 'Since when it is refused; null: it is not.';
COMMENT ON COLUMN embedd.api_keys.expires_at IS 'From when on it is refused; null: it lasts until it is revoked.';
COMMENT ON COLUMN embedd.api_keys.minted_by IS 'The key it was made with over REST; null: made in SQL or with a command.';
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
COMMENT ON COLUMN embedd.audit_log.id IS 'In the order of writing.';
COMMENT ON COLUMN embedd.audit_log.at IS 'When it was done, or the request was answered.';
COMMENT ON COLUMN embedd.audit_log.organization_id IS 'Whose request it was.';
COMMENT ON COLUMN embedd.audit_log.user_id IS 'Who asked.';
COMMENT ON COLUMN embedd.audit_log.key_id IS 'With which API key; null: not over REST.';
COMMENT ON COLUMN embedd.audit_log.operation IS 'The name of the operation, as in /openapi.json, or of the function.';
COMMENT ON COLUMN embedd.audit_log.target IS 'The id of what it was about, if there is one.';
COMMENT ON COLUMN embedd.audit_log.result IS 'ok, or the code of the error.';
COMMENT ON COLUMN embedd.audit_log.address IS 'Where the request came from.';
COMMENT ON COLUMN embedd.audit_log.request_id IS 'Its X-Request-Id, which the service''s log names, too.';
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
COMMENT ON SEQUENCE embedd.audit_log_id_seq IS 'Numbers of entries, those of failed_logins among them.';
CREATE TABLE embedd.cached_vectors (
    digest bytea NOT NULL,
    vector bytea NOT NULL,
    used_on date DEFAULT ((now() AT TIME ZONE 'utc'::text))::date NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY embedd.cached_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;
COMMENT ON TABLE embedd.cached_vectors IS 'Vectors by a keyed hash of model and text, never the text; removed when they have not been used for longest.';
COMMENT ON COLUMN embedd.cached_vectors.digest IS 'Keyed hash of model and text.';
COMMENT ON COLUMN embedd.cached_vectors.vector IS '4-byte floats, little-endian.';
COMMENT ON COLUMN embedd.cached_vectors.used_on IS 'The day of its last use, in UTC.';
CREATE TABLE embedd.capture_audits (
    capture_id integer NOT NULL,
    state jsonb NOT NULL,
    audited_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE embedd.capture_audits IS 'Triggers, tables and columns of each capture as the last audit left them.';
COMMENT ON COLUMN embedd.capture_audits.capture_id IS 'Whose triggers.';
COMMENT ON COLUMN embedd.capture_audits.state IS 'What was found, by name.';
COMMENT ON COLUMN embedd.capture_audits.audited_at IS 'When.';
CREATE TABLE embedd.captures (
    id integer NOT NULL,
    source_table regclass NOT NULL,
    key_columns text[] CONSTRAINT captures_key_column_not_null NOT NULL,
    tracked_columns text[] NOT NULL,
    row_level boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE embedd.captures IS 'One row per watched source table and key: which columns its triggers compare.';
COMMENT ON COLUMN embedd.captures.id IS 'In the names of its triggers, zz_embedd_ID_…, and of their function, embedd.capture_ID().';
COMMENT ON COLUMN embedd.captures.source_table IS 'The table watched; an OID without a table once it was dropped.';
COMMENT ON COLUMN embedd.captures.key_columns IS 'What names a row, in the order of the parts of its key.';
COMMENT ON COLUMN embedd.captures.tracked_columns IS 'A change of any of these makes the key dirty.';
COMMENT ON COLUMN embedd.captures.row_level IS 'Triggers for each row, not for each statement: on trees of tables.';
COMMENT ON COLUMN embedd.captures.created_at IS 'When it was first watched.';
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
COMMENT ON COLUMN embedd.consumer.only_row IS 'There is one row, or none.';
COMMENT ON COLUMN embedd.consumer.installation IS 'Which installation: embedd.instance.uid over there.';
COMMENT ON COLUMN embedd.consumer.line IS 'Tells the installation that several of its connections lead here.';
COMMENT ON COLUMN embedd.consumer.since IS 'When it began to take events.';
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
COMMENT ON COLUMN embedd.daily_usage.day IS 'In UTC.';
COMMENT ON COLUMN embedd.daily_usage.organization_id IS 'Who pays.';
COMMENT ON COLUMN embedd.daily_usage.vector_table_id IS 'What it was for, maybe gone by now; empty: for embedd.embed().';
COMMENT ON COLUMN embedd.daily_usage.embedder_id IS 'Whose credentials were used, maybe gone by now.';
COMMENT ON COLUMN embedd.daily_usage.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.daily_usage.model IS 'The model asked.';
COMMENT ON COLUMN embedd.daily_usage.kind IS 'document, query or rerank.';
COMMENT ON COLUMN embedd.daily_usage.requests IS 'How often it was asked.';
COMMENT ON COLUMN embedd.daily_usage.tokens IS 'How much.';
CREATE TABLE embedd.doorbell (
    only_row boolean DEFAULT true NOT NULL,
    armed boolean DEFAULT false NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT doorbell_only_row_check CHECK (only_row)
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.doorbell IS 'armed: a worker sleeps and wants to be woken. enabled: switch off where applications use PREPARE TRANSACTION.';
COMMENT ON COLUMN embedd.doorbell.only_row IS 'There is one row.';
COMMENT ON COLUMN embedd.doorbell.armed IS 'A worker sleeps: the next writer rings.';
COMMENT ON COLUMN embedd.doorbell.enabled IS 'False: nobody rings, and workers look by themselves each second.';
CREATE TABLE embedd.failed_logins (
    minute timestamp with time zone NOT NULL,
    address text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    id bigint DEFAULT nextval('embedd.audit_log_id_seq'::regclass) NOT NULL
);
COMMENT ON TABLE embedd.failed_logins IS 'Requests that came without a valid API key, by address and minute; kept for 90 days.';
COMMENT ON COLUMN embedd.failed_logins.minute IS 'When that minute began.';
COMMENT ON COLUMN embedd.failed_logins.address IS 'Where they came from; others: from more addresses than are told apart.';
COMMENT ON COLUMN embedd.failed_logins.attempts IS 'How many there were.';
COMMENT ON COLUMN embedd.failed_logins.id IS 'In the order of entries.';
CREATE SEQUENCE embedd.fence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9007199254740991
    CACHE 1;
COMMENT ON SEQUENCE embedd.fence IS 'Tokens: every attempt draws one, and a store refuses what comes with a lower one than it has seen.';
CREATE TABLE embedd.fence_marks (
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    fence bigint NOT NULL
);
COMMENT ON TABLE embedd.fence_marks IS 'Where the fence stood, once a minute: how old a token is, for cleaning up tombstones.';
COMMENT ON COLUMN embedd.fence_marks.at IS 'When.';
COMMENT ON COLUMN embedd.fence_marks.fence IS 'The highest token drawn by then.';
ALTER TABLE embedd.generations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.generations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.generations_id_seq IS 'Numbers of stores.';
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
COMMENT ON COLUMN embedd.instance.only_row IS 'There is one row.';
COMMENT ON COLUMN embedd.instance.uid IS 'What stores know this installation by.';
COMMENT ON COLUMN embedd.instance.system_identifier IS 'Of the server; null: the role may not read it. timeline likewise.';
COMMENT ON COLUMN embedd.instance.timeline IS 'Of the server; it rises with a failover.';
COMMENT ON COLUMN embedd.instance.database_oid IS 'Of this database: a copy has another.';
COMMENT ON COLUMN embedd.instance.table_oid IS 'Of this table: a restored dump has another.';
COMMENT ON COLUMN embedd.instance.fence_high IS 'The highest token known to be drawn; a sequence below it was set back.';
COMMENT ON COLUMN embedd.instance.detached IS 'It gave up the stores of the database it was copied from; its own have other names.';
COMMENT ON COLUMN embedd.instance.beats IS 'The last marks this database left in the managed store; a copy does not know the newest.';
COMMENT ON COLUMN embedd.instance.rival IS 'A mark there that this database did not leave, watched since rival_since: who left it may be gone.';
COMMENT ON COLUMN embedd.instance.rival_since IS 'Since when it is watched.';
COMMENT ON COLUMN embedd.instance.rivalled IS 'A copy of this database is at work on the store; nothing is written until one is adopted or detached.';
COMMENT ON COLUMN embedd.instance.checked_at IS 'When a worker last looked.';
CREATE TABLE embedd.migrations (
    line text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migrations_line_check CHECK ((line = ANY (ARRAY['capture'::text, 'control'::text])))
);
COMMENT ON TABLE embedd.migrations IS 'The migrations this schema has had. Lines: capture is what triggers need, control all the rest.';
COMMENT ON COLUMN embedd.migrations.line IS 'capture or control.';
COMMENT ON COLUMN embedd.migrations.number IS 'Of the migration within its line, without gaps.';
COMMENT ON COLUMN embedd.migrations.name IS 'The rest of its file''s name.';
COMMENT ON COLUMN embedd.migrations.applied_at IS 'When it was run here.';
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
COMMENT ON COLUMN embedd.models.model IS 'Its name there.';
COMMENT ON COLUMN embedd.models.kind IS 'embedding or rerank.';
COMMENT ON COLUMN embedd.models.dimensions IS 'The size of its vectors when none is asked for.';
COMMENT ON COLUMN embedd.models.sizes IS 'All sizes it yields.';
COMMENT ON COLUMN embedd.models.size_fixed IS 'Whether vector tables at its vendor use it in its own size alone.';
COMMENT ON COLUMN embedd.models.max_text_tokens IS 'The most it takes of one text; null: as its provider usually does.';
COMMENT ON COLUMN embedd.models.max_items IS 'The most texts of one request; null: as its provider usually does.';
COMMENT ON COLUMN embedd.models.max_tokens IS 'The most tokens of one request; null: as its provider usually does.';
COMMENT ON COLUMN embedd.models.usd_per_million IS 'List price for a million tokens; null: not known.';
COMMENT ON COLUMN embedd.models.retired_on IS 'When the vendor stops to serve it; null: nothing is announced.';
COMMENT ON COLUMN embedd.models.successor IS 'What the vendor recommends in its place.';
COMMENT ON COLUMN embedd.models.origin IS 'shipped: written anew at each upgrade; operator: by embedd.add_model().';
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
COMMENT ON TABLE embedd.outbox IS 'Dirty keys, written by triggers in the writer''s own transaction. kind: k = keys dirty (one in key, or some in keys), T = truncated, R = table shape changed.';
COMMENT ON COLUMN embedd.outbox.id IS 'In the order of writing, not of committing.';
COMMENT ON COLUMN embedd.outbox.capture_id IS 'The capture whose trigger wrote it.';
COMMENT ON COLUMN embedd.outbox.kind IS 'k: keys are dirty; T: the table was truncated; R: its shape changed.';
COMMENT ON COLUMN embedd.outbox.key IS 'The only dirty key of the row, if it is only one.';
COMMENT ON COLUMN embedd.outbox.at IS 'When the writer''s transaction began.';
COMMENT ON COLUMN embedd.outbox.keys IS 'Up to a hundred dirty keys of one statement, in place of key.';
ALTER TABLE embedd.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
COMMENT ON SEQUENCE embedd.outbox_id_seq IS 'Numbers of the outbox''s rows.';
CREATE TABLE embedd.prices (
    provider text NOT NULL,
    model text NOT NULL,
    usd_per_million numeric,
    CONSTRAINT prices_usd_per_million_check CHECK ((usd_per_million >= (0)::numeric))
);
COMMENT ON TABLE embedd.prices IS 'Prices that operators set with embedd.set_price(); they take precedence over those of embedd.models.';
COMMENT ON COLUMN embedd.prices.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.prices.model IS 'The model.';
COMMENT ON COLUMN embedd.prices.usd_per_million IS 'For a million tokens; null: none, whatever the catalogue says.';
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
COMMENT ON COLUMN embedd.rate_buckets.embedder_id IS 'Whose.';
COMMENT ON COLUMN embedd.rate_buckets.requests IS 'Left now; below nothing after queries, which wait for nobody.';
COMMENT ON COLUMN embedd.rate_buckets.tokens IS 'Left now; below nothing after queries, which wait for nobody.';
COMMENT ON COLUMN embedd.rate_buckets.filled_at IS 'When they were last filled.';
CREATE UNLOGGED TABLE embedd.request_counts (
    organization_id text NOT NULL,
    minute bigint NOT NULL,
    current integer NOT NULL,
    previous integer NOT NULL,
    admitted boolean NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');
COMMENT ON TABLE embedd.request_counts IS 'Requests of each organization in the minute of its last one and in the one before; admitted is the last one''s fate.';
COMMENT ON COLUMN embedd.request_counts.organization_id IS 'Who asked.';
COMMENT ON COLUMN embedd.request_counts.minute IS 'Minutes since 1970 of the last request.';
COMMENT ON COLUMN embedd.request_counts.current IS 'Requests in that minute.';
COMMENT ON COLUMN embedd.request_counts.previous IS 'Requests in the minute before.';
COMMENT ON COLUMN embedd.request_counts.admitted IS 'Whether the last one was within the limit.';
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
COMMENT ON COLUMN embedd.row_states.generation_id IS 'The store.';
COMMENT ON COLUMN embedd.row_states.key IS 'The row''s.';
COMMENT ON COLUMN embedd.row_states.token IS 'Of the attempt that wrote it.';
COMMENT ON COLUMN embedd.row_states.text_hash IS 'Of the text that was embedded; empty: there was none.';
COMMENT ON COLUMN embedd.row_states.metadata_hash IS 'Of the metadata that was written.';
COMMENT ON COLUMN embedd.row_states.source_hash IS 'Of the row of a polled source.';
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
            WHEN (o.status = 'disabled'::text) THEN concat_ws(' Before: '::text, 'The organization is disabled, so its sync rests until it is enabled again.', v.last_error)
            ELSE v.last_error
        END AS last_error,
    v.last_error_at,
    v.id
   FROM ((((((((embedd.vector_tables v
     JOIN embedd.organizations o ON ((o.id = v.organization_id)))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (o.status = 'disabled'::text) THEN 'paused'::text
                    ELSE v.sync_status
                END AS sync_status) s)
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
COMMENT ON VIEW embedd.status IS 'The vector tables of all organizations, one row each: where they come from, how far they are, what is wrong. Reads tables alone, so SELECT on it is enough. Only the columns that are asked for cost something: synced_rows and skipped_rows count embedd.row_states (a quarter of a second a million rows), pending_rows and dead_rows embedd.jobs and embedd.outbox (what waits), the others together some milliseconds. embedd.sync_status() also counts the rows of the source, which takes rights there. No worker follows the tables of a disabled organization, whatever state they were left in: they are shown as paused, and why: embedd_internal.resting_reason() is the same for functions, of the acting organization.';
COMMENT ON COLUMN embedd.status.organization IS 'Whose vector table it is.';
COMMENT ON COLUMN embedd.status.environment IS 'The environment it exists in.';
COMMENT ON COLUMN embedd.status.name IS 'As embedd''s functions take it.';
COMMENT ON COLUMN embedd.status.connection IS 'Where its source table is; local: in this database.';
COMMENT ON COLUMN embedd.status.source_table IS 'The table it mirrors.';
COMMENT ON COLUMN embedd.status.mode IS 'managed: vectors in Qdrant; platform: in a table beside the source.';
COMMENT ON COLUMN embedd.status.embedder IS 'What embeds it; null: that was deleted, and changes wait for another.';
COMMENT ON COLUMN embedd.status.embedding_model IS 'The model of its vectors.';
COMMENT ON COLUMN embedd.status.sync_status IS 'pending (ask for a backfill), backfilling, synced, paused, error or pending_rebackfill.';
COMMENT ON COLUMN embedd.status.synced_rows IS 'Rows the store holds as they are or were.';
COMMENT ON COLUMN embedd.status.pending_rows IS 'Changes that wait; what a backfill has still to queue is not among them: embedd.activity shows how far it is.';
COMMENT ON COLUMN embedd.status.dead_rows IS 'Rows set aside: embedd.dead_letters() says why.';
COMMENT ON COLUMN embedd.status.skipped_rows IS 'Of the synced rows, those without text.';
COMMENT ON COLUMN embedd.status.staleness IS 'Nothing while nothing waits, else the time since everything was carried over; null: it never was.';
COMMENT ON COLUMN embedd.status.last_synced_at IS 'When nothing waited for the last time.';
COMMENT ON COLUMN embedd.status.running IS 'Tasks that run or wait for a worker.';
COMMENT ON COLUMN embedd.status.last_error IS 'Why it is not in sync; null: nothing is wrong.';
COMMENT ON COLUMN embedd.status.last_error_at IS 'Since when.';
COMMENT ON COLUMN embedd.status.id IS 'As the REST API takes it.';
CREATE TABLE embedd.unread_stores (
    generation_id bigint NOT NULL,
    token bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone
);
COMMENT ON TABLE embedd.unread_stores IS 'Stores to be read before anything is claimed for them: after a failover or restore they may hold what the ledger forgot.';
COMMENT ON COLUMN embedd.unread_stores.generation_id IS 'The store.';
COMMENT ON COLUMN embedd.unread_stores.token IS 'Under which it is being read.';
COMMENT ON COLUMN embedd.unread_stores.leased_until IS 'Until when a worker has it; null: nobody does.';
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
COMMENT ON VIEW embedd.usage IS 'What embedding and reranking took and costs, of all organizations, newest first: a row for each day, vector table, embedder and kind. Reads tables alone, so SELECT on it is enough; it costs a pass over embedd.daily_usage, a few rows a day and table.';
COMMENT ON COLUMN embedd.usage.day IS 'In UTC.';
COMMENT ON COLUMN embedd.usage.organization IS 'Who pays.';
COMMENT ON COLUMN embedd.usage.environment IS 'Of the vector table, else of the embedder; null: both are gone.';
COMMENT ON COLUMN embedd.usage.vector_table IS 'What it was for; null: gone by now, or asked for by itself with embedd.embed().';
COMMENT ON COLUMN embedd.usage.embedder IS 'Whose credentials were used; null: gone by now.';
COMMENT ON COLUMN embedd.usage.provider IS 'The vendor.';
COMMENT ON COLUMN embedd.usage.model IS 'The model asked.';
COMMENT ON COLUMN embedd.usage.kind IS 'document, query or rerank.';
COMMENT ON COLUMN embedd.usage.requests IS 'How often it was asked.';
COMMENT ON COLUMN embedd.usage.tokens IS 'As the vendor counts them, else estimated.';
COMMENT ON COLUMN embedd.usage.cost_usd IS 'At the prices of embedd.prices, else of embedd.models; null: none there.';
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
COMMENT ON TABLE embedd.users IS 'Who acts: each user belongs to one organization.';
COMMENT ON COLUMN embedd.users.id IS 'What owner_id and created_by refer to.';
COMMENT ON COLUMN embedd.users.organization_id IS 'Whose user it is.';
COMMENT ON COLUMN embedd.users.name IS 'Unique in its organization.';
COMMENT ON COLUMN embedd.users.role IS 'owner and admin may do everything in their organization, member changes what is their own.';
COMMENT ON COLUMN embedd.users.created_at IS 'When the user was made.';
COMMENT ON COLUMN embedd.users.disabled_at IS 'Since when their keys are refused; null: they are not.';
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
COMMENT ON COLUMN embedd.verifications.vector_table_id IS 'What is compared.';
COMMENT ON COLUMN embedd.verifications.repair IS 'Whether what differs is brought up to date.';
COMMENT ON COLUMN embedd.verifications.sweep IS 'Not asked for by anybody: the daily one, slow and with repair.';
COMMENT ON COLUMN embedd.verifications.missing IS 'In the source, not in the store.';
COMMENT ON COLUMN embedd.verifications.stale IS 'In the store as they were, not as they are.';
COMMENT ON COLUMN embedd.verifications.orphaned IS 'In the store, not in the source.';
COMMENT ON COLUMN embedd.verifications.unreadable IS 'In the source, but a value does not fit the configured type.';
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
COMMENT ON INDEX embedd.api_keys_digest_key IS 'A key by its digest: each request''s look-up.';
CREATE INDEX api_keys_minted_by ON embedd.api_keys USING btree (minted_by);
COMMENT ON INDEX embedd.api_keys_minted_by IS 'The keys made with a key.';
COMMENT ON INDEX embedd.api_keys_pkey IS 'A key by its id.';
CREATE INDEX api_keys_place ON embedd.api_keys USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.api_keys_place IS 'Keys of an organization, oldest first.';
COMMENT ON INDEX embedd.audit_log_pkey IS 'An entry by its number.';
CREATE INDEX audit_log_place ON embedd.audit_log USING btree (organization_id, at, id);
COMMENT ON INDEX embedd.audit_log_place IS 'Entries of an organization, newest first.';
COMMENT ON INDEX embedd.cached_vectors_pkey IS 'A vector by its digest.';
CREATE INDEX cached_vectors_used_on ON embedd.cached_vectors USING btree (used_on);
COMMENT ON INDEX embedd.cached_vectors_used_on IS 'What has not been used for longest, to be removed.';
COMMENT ON INDEX embedd.capture_audits_pkey IS 'The audit of a capture.';
COMMENT ON INDEX embedd.captures_pkey IS 'A capture by its number.';
COMMENT ON INDEX embedd.captures_source_table_key_column_key IS 'Vector tables over one table and key share one capture.';
COMMENT ON INDEX embedd.connections_pkey IS 'A connection by its id.';
CREATE INDEX connections_place ON embedd.connections USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.connections_place IS 'Connections of an environment, oldest first.';
COMMENT ON INDEX embedd.consumer_pkey IS 'There is one row, or none.';
CREATE INDEX daily_usage_embedder ON embedd.daily_usage USING btree (embedder_id, day);
COMMENT ON INDEX embedd.daily_usage_embedder IS 'What an embedder took this month, for its budget.';
COMMENT ON INDEX embedd.daily_usage_pkey IS 'One row a day for what is counted together.';
COMMENT ON INDEX embedd.doorbell_pkey IS 'There is one row.';
CREATE UNIQUE INDEX embedders_once ON embedd.embedders USING btree (duplicate_key);
COMMENT ON INDEX embedd.embedders_once IS 'No two embedders of one owner with the same configuration on the GoodMem face.';
COMMENT ON INDEX embedd.embedders_pkey IS 'An embedder by its UUID.';
CREATE INDEX embedders_place ON embedd.embedders USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.embedders_place IS 'Embedders of an environment, oldest first.';
CREATE UNIQUE INDEX embedders_public_id_key ON embedd.embedders USING btree (organization_id, public_id);
COMMENT ON INDEX embedd.embedders_public_id_key IS 'An embedder by its emb_ id, unique in an organization.';
COMMENT ON INDEX embedd.environments_organization_id_name_key IS 'Names are unique in an organization.';
COMMENT ON INDEX embedd.environments_pkey IS 'An environment by its id.';
CREATE INDEX environments_place ON embedd.environments USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.environments_place IS 'Environments of an organization, oldest first.';
COMMENT ON INDEX embedd.failed_logins_pkey IS 'One count for each address and minute.';
COMMENT ON INDEX embedd.fence_marks_pkey IS 'The mark of a minute.';
CREATE INDEX generations_embedder ON embedd.generations USING btree (embedder_id);
COMMENT ON INDEX embedd.generations_embedder IS 'Stores an embedder is used by.';
CREATE UNIQUE INDEX generations_one_active ON embedd.generations USING btree (vector_table_id) WHERE (state = 'active'::text);
COMMENT ON INDEX embedd.generations_one_active IS 'One store of a vector table answers.';
CREATE UNIQUE INDEX generations_one_building ON embedd.generations USING btree (vector_table_id) WHERE (state = 'building'::text);
COMMENT ON INDEX embedd.generations_one_building IS 'One at most is built beside it.';
COMMENT ON INDEX embedd.generations_pkey IS 'A store by its number.';
CREATE INDEX generations_vector_table ON embedd.generations USING btree (vector_table_id);
COMMENT ON INDEX embedd.generations_vector_table IS 'Stores of a vector table.';
COMMENT ON INDEX embedd.instance_pkey IS 'There is one row.';
CREATE INDEX jobs_dead ON embedd.jobs USING btree (generation_id) WHERE (state = 'dead'::text);
COMMENT ON INDEX embedd.jobs_dead IS 'Rows that were set aside.';
CREATE INDEX jobs_due ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE (state = 'queued'::text);
COMMENT ON INDEX embedd.jobs_due IS 'What is due next in a lane of a store.';
COMMENT ON INDEX embedd.jobs_pkey IS 'A dirty key has one job.';
CREATE INDEX jobs_suspect ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE ((state = 'queued'::text) AND (crashes > 0));
COMMENT ON INDEX embedd.jobs_suspect IS 'Jobs that workers ended with, which are tried alone.';
COMMENT ON INDEX embedd.migrations_pkey IS 'Each migration is run once.';
COMMENT ON INDEX embedd.models_pkey IS 'A model is described once.';
COMMENT ON INDEX embedd.notices_pkey IS 'A notice by its number.';
COMMENT ON INDEX embedd.organizations_name_key IS 'Names of organizations are unique.';
COMMENT ON INDEX embedd.organizations_pkey IS 'An organization by its id.';
CREATE INDEX outbox_id ON embedd.outbox USING brin (id) WITH (pages_per_range='16');
COMMENT ON INDEX embedd.outbox_id IS 'Lets readers pass over what has been taken; costs writers nearly nothing.';
COMMENT ON INDEX embedd.prices_pkey IS 'The price of a model.';
COMMENT ON INDEX embedd.ranges_pkey IS 'A range by its number.';
CREATE INDEX ranges_place ON embedd.ranges USING btree (generation_id, id);
COMMENT ON INDEX embedd.ranges_place IS 'Ranges of a store, in the order of keys.';
COMMENT ON INDEX embedd.rate_buckets_pkey IS 'The bucket of an embedder.';
COMMENT ON INDEX embedd.remote_outboxes_pkey IS 'One row a connection.';
COMMENT ON INDEX embedd.request_counts_pkey IS 'One row an organization.';
COMMENT ON INDEX embedd.row_states_pkey IS 'A row''s state in a store; in the order of keys, to compare ranges.';
COMMENT ON INDEX embedd.sealing_pkey IS 'There is one row.';
CREATE UNIQUE INDEX tasks_one_running ON embedd.tasks USING btree (generation_id, ((task_type = 'reconcile'::text))) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type <> 'verify'::text));
COMMENT ON INDEX embedd.tasks_one_running IS 'One backfill and one reconcile of a store at a time.';
CREATE UNIQUE INDEX tasks_one_verifying ON embedd.tasks USING btree (generation_id) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type = 'verify'::text));
COMMENT ON INDEX embedd.tasks_one_verifying IS 'One verification of a store at a time.';
COMMENT ON INDEX embedd.tasks_pkey IS 'A task by its id.';
CREATE INDEX tasks_place ON embedd.tasks USING btree (organization_id, created_at, id);
COMMENT ON INDEX embedd.tasks_place IS 'Tasks of an organization, newest first.';
CREATE INDEX tasks_target ON embedd.tasks USING btree (target_id, finished_at) WHERE (task_type = 'verify'::text);
COMMENT ON INDEX embedd.tasks_target IS 'When a vector table was last verified.';
COMMENT ON INDEX embedd.unread_stores_pkey IS 'One row a store.';
COMMENT ON INDEX embedd.users_organization_id_name_key IS 'Names are unique in an organization.';
COMMENT ON INDEX embedd.users_pkey IS 'A user by its id.';
CREATE INDEX vector_tables_capture ON embedd.vector_tables USING btree (capture_id);
COMMENT ON INDEX embedd.vector_tables_capture IS 'Vector tables that share a capture.';
CREATE INDEX vector_tables_embedder ON embedd.vector_tables USING btree (embedder_id);
COMMENT ON INDEX embedd.vector_tables_embedder IS 'Vector tables an embedder is used by.';
COMMENT ON INDEX embedd.vector_tables_pkey IS 'A vector table by its id.';
CREATE INDEX vector_tables_place ON embedd.vector_tables USING btree (environment_id, created_at, id);
COMMENT ON INDEX embedd.vector_tables_place IS 'Vector tables of an environment, oldest first.';
CREATE INDEX vector_tables_remote_capture ON embedd.vector_tables USING btree (connection_id, remote_capture_id) WHERE (remote_capture_id IS NOT NULL);
COMMENT ON INDEX embedd.vector_tables_remote_capture IS 'Vector tables whose triggers are in another database.';
COMMENT ON INDEX embedd.verifications_pkey IS 'The verification of a task.';
CREATE INDEX verifications_vector_table ON embedd.verifications USING btree (vector_table_id);
COMMENT ON INDEX embedd.verifications_vector_table IS 'Verifications of a vector table.';
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON embedd.audit_log FOR EACH STATEMENT EXECUTE FUNCTION embedd_internal.refuse_audit_change();
ALTER TABLE embedd.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
COMMENT ON TRIGGER audit_log_append_only ON embedd.audit_log IS 'Entries are added, never changed or removed.';
CREATE TRIGGER captures_of_own_tables BEFORE INSERT OR UPDATE ON embedd.captures FOR EACH ROW EXECUTE FUNCTION embedd_internal.refuse_foreign_capture();
ALTER TABLE embedd.captures ENABLE ALWAYS TRIGGER captures_of_own_tables;
COMMENT ON TRIGGER captures_of_own_tables ON embedd.captures IS 'Who says what is captured of a table must own it.';
CREATE TRIGGER doorbell_make_way BEFORE INSERT ON embedd.doorbell FOR EACH ROW EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.doorbell ENABLE ALWAYS TRIGGER doorbell_make_way;
COMMENT ON TRIGGER doorbell_make_way ON embedd.doorbell IS 'A row of a dump takes the place of the one installed.';
CREATE TRIGGER models_make_way BEFORE INSERT ON embedd.models FOR EACH ROW WHEN ((new.origin = 'operator'::text)) EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.models ENABLE ALWAYS TRIGGER models_make_way;
COMMENT ON TRIGGER models_make_way ON embedd.models IS 'A model that an operator describes takes the place of a shipped one.';
CREATE TRIGGER organizations_make_way BEFORE INSERT ON embedd.organizations FOR EACH ROW WHEN ((new.id = 'org_self_hosted'::text)) EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.organizations ENABLE ALWAYS TRIGGER organizations_make_way;
COMMENT ON TRIGGER organizations_make_way ON embedd.organizations IS 'A row of a dump takes the place of the one installed.';
CREATE TRIGGER sealing_make_way BEFORE INSERT ON embedd.sealing FOR EACH ROW EXECUTE FUNCTION embedd_internal.make_way();
ALTER TABLE embedd.sealing ENABLE ALWAYS TRIGGER sealing_make_way;
COMMENT ON TRIGGER sealing_make_way ON embedd.sealing IS 'A row of a dump takes the place of the one installed.';
CREATE TRIGGER vector_tables_keep_condition BEFORE INSERT OR UPDATE OF condition, condition_columns ON embedd.vector_tables FOR EACH ROW EXECUTE FUNCTION embedd_internal.keep_condition();
ALTER TABLE embedd.vector_tables ENABLE ALWAYS TRIGGER vector_tables_keep_condition;
COMMENT ON TRIGGER vector_tables_keep_condition ON embedd.vector_tables IS 'No condition comes in that embedd_internal.read_condition() does not let through.';
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
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_definer;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_reader;
GRANT ALL ON FUNCTION embedd.oldest_program() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.pause_sync(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.pause_sync(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.pause_sync(vector_table text) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query text, "limit" integer, filters jsonb, search_mode text, query_vector real[], min_similarity_score double precision, rerank jsonb) TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.acting_key() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_key() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_key() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.acting_organization() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.acting_organization() TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.audit_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.authenticate(p_digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.authenticate(p_digest bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.authorize(p_operation text, p_noun text, p_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.begin_verification(p_task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.begin_verification(p_task text) TO embedd_worker;
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
REVOKE ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_group(p_group jsonb, p_fields jsonb, p_path text, p_depth integer, p_before integer, OUT node jsonb, OUT conditions integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_filter_value(p_type text, p_operand jsonb, p_path text) TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.check_searchable(vector_table text) TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.describe_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.describe_generation(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.describe_generation(p_generation_id bigint) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd_internal.filter_operators(p_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_operators(p_type text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_operators(p_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_operators(p_type text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.filter_range(p_name text, p_type text, p_bounds jsonb) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.find_cached_vectors(p_digests bytea[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.find_work() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.find_work() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_worker;
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
REVOKE ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.follow_source(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.forget_events(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.forget_events(p_capture_id integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.forget_organizations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.forget_organizations() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.forget_organizations() TO embedd_worker;
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
REVOKE ALL ON FUNCTION embedd_internal.is_large(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_large(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.is_metered(p_vector_table_id text) TO embedd_worker;
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
REVOKE ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.list_sealed() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.list_sealed() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.load_embedder(p_embedder text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.load_embedder(p_embedder text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.load_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.lock_embedder(p_reference text) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.plan_embedding(p_embedder text, p_model text, p_dimensions integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.plan_search(p_generation jsonb, p_request jsonb) TO embedd_reader;
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
REVOKE ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.prepare_search(p_vector_table text, p_request jsonb) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.query_terms(p_table text, p_language text, p_query text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.raise_fence(p_seen bigint) TO embedd_worker;
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
REVOKE ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.restart_ledger(p_message text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd_internal.resting_reason() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_admin;
GRANT ALL ON FUNCTION embedd_internal.resting_reason() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd_internal.retire_envelopes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.retire_envelopes() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.sample_share(p_table regclass) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) TO embedd_admin;
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
REVOKE ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) TO embedd_definer;
GRANT ALL ON FUNCTION embedd_internal.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) TO embedd_admin;
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
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.tasks TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.tasks TO embedd_admin;
GRANT SELECT ON TABLE embedd.tasks TO embedd_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.tasks TO embedd_worker;
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
GRANT SELECT ON TABLE embedd.status TO embedd_admin;
GRANT SELECT ON TABLE embedd.status TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_admin;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_worker;
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
