CREATE SCHEMA embedd;
COMMENT ON SCHEMA embedd IS 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
CREATE FUNCTION embedd.abandon_generation(p_vector_table_id text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.acting_environment() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.acting_organization() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.acting_role() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.acting_user() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.active_generation(vector_table text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.add_notice(p_vector_table_id text, p_message text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.add_user(p_organization text, p_name text, p_role text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.adopt() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.adopt() IS 'Gives a copied or restored database the vector stores of the original, which must be stopped.';
CREATE TABLE embedd.embedders (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    public_id text GENERATED ALWAYS AS (('emb_'::text || replace((id)::text, '-'::text, ''::text))) STORED NOT NULL,
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
COMMENT ON COLUMN embedd.embedders.credentials IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.embedders.secret_ref IS 'Where the worker finds the key: env:NAME or file:/path.';
COMMENT ON COLUMN embedd.embedders.provider_type IS 'As the GoodMem face said it; null: made elsewhere, and shown by its provider.';
COMMENT ON COLUMN embedd.embedders.api_path IS 'Put behind base_url for a request; null: the provider''s own.';
COMMENT ON COLUMN embedd.embedders.credentials_form IS 'What the envelope holds: a key, or the JSON of an EndpointAuthentication.';
COMMENT ON COLUMN embedd.embedders.fingerprint IS 'HMAC-SHA-256 of the credentials under a key the database never sees: equal ones are told, not guessed.';
COMMENT ON COLUMN embedd.embedders.duplicate_key IS 'SHA-256 of what no two embedders of one owner share; null for those that may repeat (not made on the GoodMem face).';
COMMENT ON COLUMN embedd.embedders.monthly_token_budget IS 'Tokens a month (UTC) after which no more texts are embedded until the next; deletes, metadata and queries go on.';
COMMENT ON COLUMN embedd.embedders.requests_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
COMMENT ON COLUMN embedd.embedders.tokens_per_minute IS 'What the provider allows; null: nothing is known, so nobody waits.';
CREATE FUNCTION embedd.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) RETURNS embedd.embedders
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.audit_capture(p_capture_id integer) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.authenticate(p_digest bytea) RETURNS TABLE(id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamp with time zone, status text, requests_per_minute integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
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
CREATE FUNCTION embedd.begin_verification(p_task text) RETURNS TABLE(repair boolean, sweep boolean, waiting_keys text[])
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.cancel_task(task text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.cancel_task(task text) IS 'Stops a pending or running task.';
CREATE FUNCTION embedd.canonical_url(p_url text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.capture_columns(p_capture_id integer) RETURNS TABLE(name name, compared boolean, type oid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.capture_relations(p_table regclass) RETURNS TABLE(relation regclass)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.capture_state(p_capture_id integer) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.captures_to_audit(p_interval interval) RETURNS SETOF integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_chunking(p_chunking jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_columns(p_columns json, p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_consumer(p_installation uuid, p_take boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_embedder_access(p_base_url text, p_api_key_ref text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_embedder_fields(p_fields jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_instance(p_seen bigint DEFAULT 0) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_labels(p_labels jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_name(p_name text, p_noun text, p_taken boolean) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_platform(p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_searchable(vector_table text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_source(p_source_table text, p_source jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_store_settings(p_settings jsonb, p_mode text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_table_quota() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.check_tier(p_tier text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(token bigint, key text, want bigint, previous_token bigint, attempts integer, dirty_since timestamp with time zone, state_token bigint, text_hash text, metadata_hash text, source_hash text, suspect boolean, run_at timestamp with time zone)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.claim_poll(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, sync_mode text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_range(p_generation_id bigint, p_worker text, p_lease interval) RETURNS TABLE(id bigint, token bigint, after_key text, last_key text, crashes integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_suspect(p_generation_id bigint, p_worker text) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_task(p_worker text, p_stores text[], p_lease interval) RETURNS TABLE(id text, task_type text, vector_table_id text, generation_id bigint, phase text, start_token bigint, last_processed_pk text, rows_processed bigint, rows_total bigint, ranged boolean)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.claim_unread_store(p_stores text[], p_lease interval) RETURNS TABLE(generation_id bigint, token bigint)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) IS 'Called over a connection: removes events that were read.';
CREATE FUNCTION embedd.compare_capture_states(p_before jsonb, p_after jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.complete_task(p_task text, p_worker text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.connection_secret(p_connection_id text) RETURNS TABLE(id text, organization_id text, host text, port integer, database text, username text, password jsonb, ssl_mode text, capture text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.count_jobs(p_generation_id bigint, p_lane text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.count_known(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.count_queued(p_generation_id bigint, p_task_type text) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.count_source_rows(p_vector_table_id text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.count_unread_stores() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text DEFAULT 'full'::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text) IS 'Stores the SHA-256 of an API key; returns the key''s id.';
CREATE FUNCTION embedd.create_capture_role() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb DEFAULT NULL::jsonb, port integer DEFAULT 5432, ssl_mode text DEFAULT 'prefer'::text, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean) IS 'Stores how to reach a source database; returns its id. Test it before use.';
CREATE FUNCTION embedd.create_embedder(name text, provider text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, id uuid DEFAULT NULL::uuid, allow_duplicate_name boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) IS 'Stores an embedding configuration; returns its id. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb DEFAULT NULL::jsonb, p_owner uuid DEFAULT NULL::uuid) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_environment(name text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_environment(name text) IS 'Makes an environment in the organization; returns its id.';
CREATE FUNCTION embedd.create_generation(p_vector_table_id text, p_state text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_organization(name text, tier text DEFAULT 'free'::text, owner_name text DEFAULT 'owner'::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) IS 'Makes an organization with its owner and the environment prod; returns its id.';
CREATE FUNCTION embedd.create_roles() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.create_user(name text, role text DEFAULT 'member'::text) RETURNS uuid
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.create_user(name text, role text) IS 'Makes a user (owner, admin or member) of the organization; returns its id.';
CREATE FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text DEFAULT 'local'::text, connection text DEFAULT 'local'::text, primary_key_column text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, mode text DEFAULT NULL::text, sync_mode text DEFAULT 'batch'::text, source_facts jsonb DEFAULT NULL::jsonb, id text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, language text DEFAULT 'english'::text, chunking jsonb DEFAULT NULL::jsonb, store_settings jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    AS …;
COMMENT ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) IS 'Makes a source table searchable by meaning; returns the vector table''s id. Call backfill() next.';
CREATE FUNCTION embedd.dead_letters(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_name text, key text, reason text, message text, since timestamp with time zone, attempts integer)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.dead_letters(vector_table text) IS 'Rows that were set aside and why; of one vector table or all of them.';
CREATE FUNCTION embedd.delete_connection(connection text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_connection(connection text) IS 'Removes a connection that no vector table uses.';
CREATE FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) IS 'Removes an embedding configuration and its credentials for good.';
CREATE FUNCTION embedd.delete_environment(environment text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.delete_environment(environment text) IS 'Removes an environment without connections and vector tables, and its embedders.';
CREATE FUNCTION embedd.describe_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.describe_source(source_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;
COMMENT ON FUNCTION embedd.describe_source(source_table text) IS 'Columns, keys and rights of a table as the current role sees them; null when there is no such table.';
CREATE FUNCTION embedd.detach() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.detach() IS 'Gives a copied database empty vector stores of its own; backfill each vector table next.';
CREATE FUNCTION embedd.digest_keys(p_generation_id bigint, p_buckets integer) RETURNS TABLE(bucket integer, keys bigint, digest bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.drift(vector_table text DEFAULT NULL::text) RETURNS TABLE(vector_table_id text, name text, task_id text, verified_at timestamp with time zone, rows_compared bigint, difference bigint, waiting bigint, repaired bigint, total_difference bigint, total_repaired bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drift(vector_table text) IS 'What comparing source and store found and repaired, per vector table.';
CREATE FUNCTION embedd.drop_capture_function(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.drop_vector_table(vector_table text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.drop_vector_table(vector_table text) IS 'Stops sync and removes the vectors; the source table is left as it is.';
CREATE FUNCTION embedd.embedder_duplicate_key(p_embedder embedd.embedders) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.embedder_in_use(p_embedder_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.embedder_records() RETURNS TABLE(embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text, model_identifier text, dimensionality integer, distribution_type text, max_sequence_length integer, supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, created_by_id uuid, updated_by_id uuid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) IS 'Called over a connection: removes the triggers of a capture.';
CREATE FUNCTION embedd.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.extend_range(p_range bigint, p_token bigint, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.find_cached_vectors(p_digests bytea[]) RETURNS TABLE(digest bytea, vector bytea)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.find_work() RETURNS TABLE(generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.finish_capture_drop(p_connection_id text, p_capture_id integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.finish_drop(p_generation_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.follow_source(p_capture_id integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.free_outboxes() RETURNS TABLE(connection_id text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.generate_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.get_api_key(api_key text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone)
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
CREATE FUNCTION embedd.get_price(p_provider text, p_model text) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
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
CREATE FUNCTION embedd.grant_rights() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.grant_rights() IS 'Gives the roles embedd_admin, embedd_worker and embedd_reader their rights in this schema.';
CREATE FUNCTION embedd.has_permission(p_operation text, p_scope text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.health(patience interval DEFAULT '00:05:00'::interval) RETURNS TABLE(subject text, value double precision, alert text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.health(patience interval) IS 'What is old, stuck, full or held back: a row for each thing measured, with an alert.';
CREATE FUNCTION embedd.hold_range(p_range bigint, p_token bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.ingest(p_limit integer, p_from bigint DEFAULT 0) RETURNS TABLE(events bigint, last_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.install_capture(p_table regclass, p_key text[], p_columns text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.installation() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.instance_message(p_state text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.instance_state() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.instance_status() RETURNS TABLE(state text, message text, uid uuid, timeline bigint, checked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.instance_status() IS 'Whether this database owns its vector stores, or is a copy.';
CREATE FUNCTION embedd.is_capture_whole(p_capture_id integer, p_state jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.key_text(p_row text, p_key text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint DEFAULT NULL::bigint) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.known_models() RETURNS TABLE(provider text, model text, dimensions integer, sizes int4multirange)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision, share double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.list_aliases() RETURNS TABLE(alias text, collection text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.list_api_keys("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, name text, key_prefix text, permission text, created_by uuid, created_at timestamp with time zone, revoked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'API keys of the organization that the user may see, without the keys themselves, oldest first.';
CREATE FUNCTION embedd.list_audit("limit" integer DEFAULT 100) RETURNS TABLE(at timestamp with time zone, user_id uuid, key_id text, operation text, target text, result text, address text, request_id text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_audit("limit" integer) IS 'Who changed what through the REST API, newest first.';
CREATE FUNCTION embedd.list_connections("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text, port integer, database text, "user" text, ssl_mode text, capture text, created_at timestamp with time zone, last_tested_at timestamp with time zone, last_error text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Connections of the environment, oldest first.';
CREATE FUNCTION embedd.list_dropped() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.list_dropped_captures() RETURNS TABLE(connection_id text, remote_capture_id integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
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
CREATE FUNCTION embedd.list_generations() RETURNS TABLE(generation_id bigint, store text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.list_organizations() RETURNS TABLE(id text, name text, status text, tier text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_organizations() IS 'All organizations, oldest first.';
CREATE FUNCTION embedd.list_sealed() RETURNS TABLE(kind text, id text, organization_id text, envelope jsonb, form text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.list_usage(from_day date DEFAULT NULL::date, to_day date DEFAULT NULL::date, vector_table text DEFAULT NULL::text) RETURNS TABLE(day date, vector_table_id text, vector_table_name text, embedder_id text, embedder_name text, provider text, model text, kind text, requests bigint, tokens bigint, cost_usd numeric)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) IS 'Requests, tokens and cost by day, vector table and embedder; of this month unless told otherwise.';
CREATE FUNCTION embedd.list_users() RETURNS TABLE(id uuid, org_id text, name text, role text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_users() IS 'Users of the organization, oldest first.';
CREATE FUNCTION embedd.list_vector_tables("limit" integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone, after_id text DEFAULT ''::text) RETURNS TABLE(id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text, source_table text, primary_key_column text, mode text, sync_mode text, sync_status text, embedding_model text, embedding_dimensions integer, columns json, created_at timestamp with time zone, "where" text, language text, chunking jsonb, store_settings jsonb)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) IS 'Vector tables of the environment, oldest first.';
CREATE FUNCTION embedd.load_embedder(p_embedder text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.load_generation(p_generation_id bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.lock_embedder(p_reference text) RETURNS embedd.embedders
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.look_at_keys(p_generation_id bigint, p_keys text[]) RETURNS TABLE(key text, busy boolean, dead boolean, token bigint, checked bigint, source_hash text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.may_range(p_generation_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.met_keys(p_generation_id bigint, p_keys text[]) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.models() RETURNS TABLE(provider text, model text, dimensions integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.models() IS 'Embedding models by provider, with the size of their vectors.';
CREATE FUNCTION embedd.named_key(p_source jsonb, p_named text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) RETURNS TABLE(pk_value text, score double precision)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.needs_row_triggers(p_table regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.notices(vector_table text DEFAULT NULL::text, "limit" integer DEFAULT 100) RETURNS TABLE(at timestamp with time zone, vector_table_name text, message text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.notices(vector_table text, "limit" integer) IS 'What was noticed and mended without anybody asking, newest first.';
CREATE FUNCTION embedd.pause_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.pause_sync(vector_table text) IS 'Stops automatic sync; queries keep answering and changes are kept.';
CREATE FUNCTION embedd.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.poll_work(p_limit integer, p_from bigint, p_arm boolean) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.prunable_token() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.prune_cached_vectors(p_bytes bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.raise_fence(p_seen bigint) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
COMMENT ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) IS 'Called over a connection: events of the outbox, which stay there.';
CREATE FUNCTION embedd.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.record_connection_test(p_connection_id text, p_capture text, p_error text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint DEFAULT NULL::bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.refill_generation(p_generation_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[] DEFAULT NULL::bigint[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS …;
CREATE FUNCTION embedd.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.remaining_tokens(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.remaining_vectors(p_generation_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.remove_capture(p_capture_id integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.repair_capture(p_capture_id integer) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.replace_generation(p_vector_table_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea DEFAULT NULL::bytea) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.request_rebackfill(p_vector_table_id text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.request_reconcile(p_vector_table_id text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.request_sweep(p_stores text[], p_interval interval) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.require_instance() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.require_permission(p_operation text, p_owner uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_connection(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_embedder(p_reference text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_environment(p_environment text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_organization(p_organization text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_user(p_user text) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resolve_vector_table(p_reference text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.restart_ledger(p_message text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.resume_sync(vector_table text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.resume_sync(vector_table text) IS 'Starts automatic sync again and catches up.';
CREATE FUNCTION embedd.retry_dead_letters(vector_table text, keys text[] DEFAULT NULL::text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) IS 'Tries rows that were set aside again; returns how many.';
CREATE FUNCTION embedd.revoke_api_key(api_key text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.revoke_api_key(api_key text) IS 'Revokes an API key at once; it stays listed.';
CREATE FUNCTION embedd.role_rights() RETURNS TABLE(role text, object_type text, object text, privilege text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.search(vector_table text, query_vector real[] DEFAULT NULL::real[], query text DEFAULT NULL::text, "limit" integer DEFAULT 10, filters jsonb DEFAULT NULL::jsonb, search_mode text DEFAULT 'vector'::text) RETURNS TABLE(pk_value text, score double precision, metadata jsonb, embedded_text text, passage text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.search(vector_table text, query_vector real[], query text, "limit" integer, filters jsonb, search_mode text) IS 'The rows that answer best, out of vectors in this database: by a vector, by words, or both.';
CREATE FUNCTION embedd.searchable_generation(vector_table text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) IS 'US dollars for a million tokens of a model; null forgets the price.';
CREATE FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) IS 'Requests and tokens an embedder may take in a minute, all workers and queries together; null: no bound.';
CREATE FUNCTION embedd.set_tier(organization text, tier text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_tier(organization text, tier text) IS 'Moves an organization to the tier free, pro, business or enterprise.';
CREATE FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) IS 'Tokens an embedder may take for documents in a month; null: as many as it needs.';
CREATE FUNCTION embedd.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.suspect_keys(p_generation_id bigint, p_keys text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.sync_status(vector_table text) RETURNS TABLE(vector_table_id text, sync_status text, synced_rows bigint, total_rows bigint, last_synced_at timestamp with time zone, rows_pending bigint, staleness_secs bigint, dead_rows bigint, skipped_rows bigint, last_error text, last_error_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.sync_status(vector_table text) IS 'Status, counts and last error of a vector table''s sync.';
CREATE FUNCTION embedd.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) RETURNS double precision
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone DEFAULT clock_timestamp()) RETURNS TABLE(admitted boolean, remaining integer, reset_at bigint, wait_seconds integer)
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.task_lane(p_task_type text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.tasks("limit" integer DEFAULT 100, before_created_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone, before_id text DEFAULT '~'::text) RETURNS TABLE(id text, org_id text, task_type text, target_id text, status text, priority integer, last_processed_pk text, rows_processed bigint, rows_total bigint, attempts integer, max_attempts integer, last_error text, created_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) IS 'Backfills and other long work of the organization, newest first.';
CREATE FUNCTION embedd.text_signature(p_columns json) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.tier_limits(tier text) RETURNS TABLE(max_tables integer, max_vectors bigint, requests_per_minute integer)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.tier_limits(tier text) IS 'Managed tables, managed vectors and requests per minute of a tier; null is no limit.';
CREATE FUNCTION embedd.update_connection(connection text, name text DEFAULT NULL::text, host text DEFAULT NULL::text, port integer DEFAULT NULL::integer, database text DEFAULT NULL::text, username text DEFAULT NULL::text, password jsonb DEFAULT NULL::jsonb, ssl_mode text DEFAULT NULL::text, allow_duplicate_name boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean) IS 'Changes a connection; null keeps. With new credentials it has to be tested again.';
CREATE FUNCTION embedd.update_embedder(embedder text, name text DEFAULT NULL::text, model text DEFAULT NULL::text, api_key_ref text DEFAULT NULL::text, base_url text DEFAULT NULL::text, credentials jsonb DEFAULT NULL::jsonb, fingerprint bytea DEFAULT NULL::bytea, allow_duplicate_name boolean DEFAULT false, allow_in_use boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) IS 'Changes an embedding configuration; null keeps. api_key_ref names where the key is: env:NAME or file:/path.';
CREATE FUNCTION embedd.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb DEFAULT NULL::jsonb, p_fingerprint bytea DEFAULT NULL::bytea) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
CREATE FUNCTION embedd.update_vector_table(vector_table text, name text DEFAULT NULL::text, columns json DEFAULT NULL::json, embedder text DEFAULT NULL::text, embedding_model text DEFAULT NULL::text, embedding_dimensions integer DEFAULT NULL::integer, sync_mode text DEFAULT NULL::text, source_facts jsonb DEFAULT NULL::jsonb, allow_duplicate_name boolean DEFAULT false, "where" text DEFAULT NULL::text, chunking jsonb DEFAULT NULL::jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) IS 'Changes a vector table; null keeps. New vectors are built beside the old ones, which answer until the switch.';
CREATE FUNCTION embedd.vector_budget() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
COMMENT ON FUNCTION embedd.vector_budget() IS 'How many more vectors the tier allows; null is no limit.';
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
CREATE FUNCTION embedd.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[] DEFAULT '{}'::text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS …;
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
    CONSTRAINT api_keys_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT api_keys_key_prefix_check CHECK ((length(key_prefix) = 12)),
    CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_keys_permission_check CHECK ((permission = ANY (ARRAY['full'::text, 'read_only'::text])))
);
COMMENT ON COLUMN embedd.api_keys.digest IS 'SHA-256 of the key; the key itself is shown once and stored nowhere.';
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
    request_id text
);
COMMENT ON TABLE embedd.audit_log IS 'Who changed or tried to change what through the REST API. Entries are added, never changed.';
COMMENT ON COLUMN embedd.audit_log.result IS 'ok, or the code of the error.';
ALTER TABLE embedd.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE embedd.cached_vectors (
    digest bytea NOT NULL,
    vector bytea NOT NULL,
    used_on date DEFAULT ((now() AT TIME ZONE 'utc'::text))::date NOT NULL
);
ALTER TABLE ONLY embedd.cached_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;
COMMENT ON TABLE embedd.cached_vectors IS 'Vectors by a keyed hash of model and text, never the text; removed when they have not been used for longest.';
CREATE TABLE embedd.capture_audits (
    capture_id integer NOT NULL,
    state jsonb NOT NULL,
    audited_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
COMMENT ON TABLE embedd.capture_audits IS 'Triggers, tables and columns of each capture as the last audit left them.';
CREATE TABLE embedd.captures (
    id integer NOT NULL,
    source_table regclass NOT NULL,
    key_columns text[] CONSTRAINT captures_key_column_not_null NOT NULL,
    tracked_columns text[] NOT NULL,
    row_level boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE embedd.captures IS 'One row per watched source table and key: which columns its triggers compare.';
ALTER TABLE embedd.captures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.captures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
    CONSTRAINT connections_capture_check CHECK ((capture = ANY (ARRAY['trigger'::text, 'remote_trigger'::text, 'poll'::text]))),
    CONSTRAINT connections_mode_check CHECK ((mode = ANY (ARRAY['managed'::text, 'platform'::text]))),
    CONSTRAINT connections_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT connections_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT connections_provider_check CHECK ((provider = 'postgresql'::text)),
    CONSTRAINT connections_ssl_mode_check CHECK ((ssl_mode = ANY (ARRAY['disable'::text, 'allow'::text, 'prefer'::text, 'require'::text, 'verify-ca'::text, 'verify-full'::text]))),
    CONSTRAINT connections_status_check CHECK ((status = ANY (ARRAY['created'::text, 'connected'::text, 'failed'::text])))
);
COMMENT ON COLUMN embedd.connections.mode IS 'null: vector tables of either mode.';
COMMENT ON COLUMN embedd.connections.host IS 'null: the database embedd is installed in, reached the way embedd itself is.';
COMMENT ON COLUMN embedd.connections.password IS 'Encrypted envelope; the key is outside the database.';
COMMENT ON COLUMN embedd.connections.capture IS 'How changes are noticed; set by the connection test.';
CREATE TABLE embedd.consumer (
    only_row boolean DEFAULT true NOT NULL,
    installation uuid NOT NULL,
    line uuid DEFAULT gen_random_uuid() NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consumer_only_row_check CHECK (only_row)
);
COMMENT ON TABLE embedd.consumer IS 'The installation elsewhere that takes the events of this database; empty when there is none. Delete the row if it is no more.';
COMMENT ON COLUMN embedd.consumer.line IS 'Tells the installation that several of its connections lead here.';
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
CREATE TABLE embedd.doorbell (
    only_row boolean DEFAULT true NOT NULL,
    armed boolean DEFAULT false NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT doorbell_only_row_check CHECK (only_row)
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.doorbell IS 'armed: a worker sleeps and wants to be woken. enabled: switch off where applications use PREPARE TRANSACTION.';
CREATE TABLE embedd.environments (
    id text DEFAULT ('env_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organization_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT environments_name_check CHECK ((name ~ '^[a-z0-9_-]{1,50}$'::text))
);
CREATE SEQUENCE embedd.fence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9007199254740991
    CACHE 1;
CREATE TABLE embedd.fence_marks (
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    fence bigint NOT NULL
);
COMMENT ON TABLE embedd.fence_marks IS 'Where the fence stood, once a minute: how old a token is, for cleaning up tombstones.';
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
COMMENT ON COLUMN embedd.generations.retired_at IS 'When another one took over; it is kept for a moment, for queries under way.';
COMMENT ON COLUMN embedd.generations.refilling IS 'Its store was lost; queries wait until a backfill has filled it again.';
COMMENT ON COLUMN embedd.generations.suspect_before IS 'Beliefs older than this token are from before a failover or restore: the store is asked, and written under a new token.';
ALTER TABLE embedd.generations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.generations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
COMMENT ON COLUMN embedd.instance.system_identifier IS 'Of the server; null: the role may not read it. timeline likewise.';
COMMENT ON COLUMN embedd.instance.table_oid IS 'Of this table: a restored dump has another.';
COMMENT ON COLUMN embedd.instance.fence_high IS 'The highest token known to be drawn; a sequence below it was set back.';
COMMENT ON COLUMN embedd.instance.detached IS 'It gave up the stores of the database it was copied from; its own have other names.';
COMMENT ON COLUMN embedd.instance.beats IS 'The last marks this database left in the managed store; a copy does not know the newest.';
COMMENT ON COLUMN embedd.instance.rival IS 'A mark there that this database did not leave, watched since rival_since: who left it may be gone.';
COMMENT ON COLUMN embedd.instance.rivalled IS 'A copy of this database is at work on the store; nothing is written until one is adopted or detached.';
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
COMMENT ON COLUMN embedd.jobs.source_hash IS 'Row hash of a polled source for which the job was made; a dead one waits for another.';
CREATE TABLE embedd.migrations (
    line text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migrations_line_check CHECK ((line = ANY (ARRAY['capture'::text, 'control'::text])))
);
CREATE TABLE embedd.notices (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    vector_table_id text,
    message text NOT NULL
);
COMMENT ON TABLE embedd.notices IS 'What was noticed and mended without anybody asking; null vector table: of the whole database.';
ALTER TABLE embedd.notices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.notices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE embedd.organizations (
    id text DEFAULT ('org_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    tier text DEFAULT 'free'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT organizations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'deleting'::text]))),
    CONSTRAINT organizations_tier_check CHECK ((tier = ANY (ARRAY['free'::text, 'pro'::text, 'business'::text, 'enterprise'::text])))
);
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
ALTER TABLE embedd.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE embedd.prices (
    provider text NOT NULL,
    model text NOT NULL,
    usd_per_million numeric NOT NULL,
    CONSTRAINT prices_usd_per_million_check CHECK ((usd_per_million >= (0)::numeric))
);
COMMENT ON TABLE embedd.prices IS 'US dollars for a million tokens; list prices at first, yours once you change them with embedd.set_price().';
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
ALTER TABLE embedd.ranges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME embedd.ranges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED TABLE embedd.rate_buckets (
    embedder_id uuid NOT NULL,
    requests double precision NOT NULL,
    tokens double precision NOT NULL,
    filled_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.rate_buckets IS 'What is left of an embedder''s requests and tokens a minute.';
CREATE TABLE embedd.remote_outboxes (
    connection_id text NOT NULL,
    line uuid NOT NULL,
    worker text,
    leased_until timestamp with time zone,
    error text
)
WITH (fillfactor='50');
COMMENT ON TABLE embedd.remote_outboxes IS 'Connections over which events are fetched, by one worker at a time.';
COMMENT ON COLUMN embedd.remote_outboxes.line IS 'Of the database it leads to, as that calls itself: several connections may lead to one.';
COMMENT ON COLUMN embedd.remote_outboxes.error IS 'Why they cannot be at the moment; then the tables are compared as if they had no triggers.';
CREATE UNLOGGED TABLE embedd.request_counts (
    organization_id text NOT NULL,
    minute bigint NOT NULL,
    current integer NOT NULL,
    previous integer NOT NULL,
    admitted boolean NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');
COMMENT ON TABLE embedd.request_counts IS 'Requests of each organization in the minute of its last one and in the one before; admitted is the last one''s fate.';
CREATE TABLE embedd.row_states (
    generation_id bigint NOT NULL,
    key text NOT NULL,
    token bigint NOT NULL,
    text_hash text NOT NULL,
    metadata_hash text NOT NULL,
    source_hash text,
    checked bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE embedd.row_states IS 'What the store is believed to hold, a row per live key. text_hash is empty for a row without text.';
COMMENT ON COLUMN embedd.row_states.checked IS 'Token of the last attempt that found the row as it is.';
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
COMMENT ON COLUMN embedd.tasks.ranged IS 'Whether it may fill by ranges; decided when it first starts.';
CREATE TABLE embedd.unread_stores (
    generation_id bigint NOT NULL,
    token bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone
);
COMMENT ON TABLE embedd.unread_stores IS 'Stores to be read before anything is claimed for them: after a failover or restore they may hold what the ledger forgot.';
CREATE TABLE embedd.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id text NOT NULL,
    name text NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])))
);
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
    CONSTRAINT vector_tables_embedding_dimensions_check CHECK (((embedding_dimensions >= 1) AND (embedding_dimensions <= 16000))),
    CONSTRAINT vector_tables_mode_check CHECK ((mode = ANY (ARRAY['managed'::text, 'platform'::text]))),
    CONSTRAINT vector_tables_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT vector_tables_sync_mode_check CHECK ((sync_mode = ANY (ARRAY['batch'::text, 'cdc'::text]))),
    CONSTRAINT vector_tables_sync_status_check CHECK ((sync_status = ANY (ARRAY['pending'::text, 'backfilling'::text, 'synced'::text, 'paused'::text, 'error'::text, 'pending_rebackfill'::text])))
)
WITH (fillfactor='80');
COMMENT ON COLUMN embedd.vector_tables.source_rows IS 'Rows of a polled source at its last complete cycle.';
COMMENT ON COLUMN embedd.vector_tables.next_poll_at IS 'When a polled source is compared next.';
COMMENT ON COLUMN embedd.vector_tables.changed_at IS 'When what a worker must know last changed.';
COMMENT ON COLUMN embedd.vector_tables.dropped_at IS 'Dropped for its users; a worker still has to remove the store.';
COMMENT ON COLUMN embedd.vector_tables.language IS 'A text search configuration of PostgreSQL''s own.';
COMMENT ON COLUMN embedd.vector_tables.condition IS 'Only rows it is true for are mirrored; as PostgreSQL writes it, over the columns of the source table.';
COMMENT ON COLUMN embedd.vector_tables.condition_columns IS 'The columns the condition names: their changes are watched, too.';
COMMENT ON COLUMN embedd.vector_tables.chunking IS 'How a text is cut into passages, each of which has a vector of its own; as check_chunking() gives it.';
COMMENT ON COLUMN embedd.vector_tables.store_settings IS 'How its collections are laid out; as check_store_settings() gives it.';
COMMENT ON COLUMN embedd.vector_tables.key_columns IS 'What names a row, in the order of the parts of its key; key_types runs in parallel.';
COMMENT ON COLUMN embedd.vector_tables.remote_capture_id IS 'Of the capture in the database of the connection, which has its own; stays until its triggers are removed there.';
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
COMMENT ON COLUMN embedd.verifications.sweep IS 'Not asked for by anybody: the daily one, slow and with repair.';
COMMENT ON COLUMN embedd.verifications.waiting IS 'Rows that differ, but still wait to be synced: no drift.';
COMMENT ON COLUMN embedd.verifications.skipped IS 'Rows left out because the tier''s vectors are used up.';
COMMENT ON COLUMN embedd.verifications.dead IS 'Rows set aside with a reason.';
COMMENT ON COLUMN embedd.verifications.repaired IS 'Rows queued to be brought up to date.';
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
ALTER TABLE ONLY embedd.embedders
    ADD CONSTRAINT embedders_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY embedd.environments
    ADD CONSTRAINT environments_organization_id_name_key UNIQUE (organization_id, name);
ALTER TABLE ONLY embedd.environments
    ADD CONSTRAINT environments_pkey PRIMARY KEY (id);
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
CREATE INDEX api_keys_place ON embedd.api_keys USING btree (organization_id, created_at, id);
CREATE INDEX audit_log_organization ON embedd.audit_log USING btree (organization_id, id);
CREATE INDEX cached_vectors_used_on ON embedd.cached_vectors USING btree (used_on);
CREATE INDEX connections_place ON embedd.connections USING btree (environment_id, created_at, id);
CREATE INDEX daily_usage_embedder ON embedd.daily_usage USING btree (embedder_id, day);
CREATE UNIQUE INDEX embedders_once ON embedd.embedders USING btree (duplicate_key);
CREATE INDEX embedders_place ON embedd.embedders USING btree (environment_id, created_at, id);
CREATE INDEX environments_place ON embedd.environments USING btree (organization_id, created_at, id);
CREATE INDEX generations_embedder ON embedd.generations USING btree (embedder_id);
CREATE UNIQUE INDEX generations_one_active ON embedd.generations USING btree (vector_table_id) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX generations_one_building ON embedd.generations USING btree (vector_table_id) WHERE (state = 'building'::text);
CREATE INDEX generations_vector_table ON embedd.generations USING btree (vector_table_id);
CREATE INDEX jobs_due ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE (state = 'queued'::text);
CREATE INDEX jobs_suspect ON embedd.jobs USING btree (generation_id, lane, run_at) WHERE ((state = 'queued'::text) AND (crashes > 0));
CREATE INDEX outbox_id ON embedd.outbox USING brin (id) WITH (pages_per_range='16');
CREATE INDEX ranges_place ON embedd.ranges USING btree (generation_id, id);
CREATE UNIQUE INDEX tasks_one_running ON embedd.tasks USING btree (generation_id, ((task_type = 'reconcile'::text))) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type <> 'verify'::text));
CREATE UNIQUE INDEX tasks_one_verifying ON embedd.tasks USING btree (generation_id) WHERE ((status = ANY (ARRAY['pending'::text, 'running'::text])) AND (task_type = 'verify'::text));
CREATE INDEX tasks_place ON embedd.tasks USING btree (organization_id, created_at, id);
CREATE INDEX tasks_target ON embedd.tasks USING btree (target_id, finished_at) WHERE (task_type = 'verify'::text);
CREATE INDEX vector_tables_capture ON embedd.vector_tables USING btree (capture_id);
CREATE INDEX vector_tables_embedder ON embedd.vector_tables USING btree (embedder_id);
CREATE INDEX vector_tables_place ON embedd.vector_tables USING btree (environment_id, created_at, id);
CREATE INDEX vector_tables_remote_capture ON embedd.vector_tables USING btree (connection_id, remote_capture_id) WHERE (remote_capture_id IS NOT NULL);
CREATE INDEX verifications_vector_table ON embedd.verifications USING btree (vector_table_id);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON embedd.audit_log FOR EACH STATEMENT EXECUTE FUNCTION embedd.refuse_audit_change();
ALTER TABLE embedd.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
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
GRANT ALL ON SCHEMA embedd TO embedd_capture;
GRANT USAGE ON SCHEMA embedd TO embedd_admin;
GRANT USAGE ON SCHEMA embedd TO embedd_worker;
GRANT USAGE ON SCHEMA embedd TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.abandon_generation(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.abandon_generation(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.abandon_generation(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.acknowledge_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[], p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.acting_environment() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.acting_environment() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.acting_environment() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.acting_organization() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.acting_organization() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.acting_organization() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.acting_role() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.acting_role() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.acting_user() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.acting_user() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.active_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.active_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.add_notice(p_vector_table_id text, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.add_notice(p_vector_table_id text, p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.add_notice(p_vector_table_id text, p_message text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.add_range(p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.add_user(p_organization text, p_name text, p_role text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.add_user(p_organization text, p_name text, p_role text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.adopt() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.adopt() TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.embedders TO embedd_admin;
GRANT SELECT ON TABLE embedd.embedders TO embedd_worker;
GRANT SELECT(id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(public_id) ON TABLE embedd.embedders TO embedd_reader;
GRANT SELECT(name) ON TABLE embedd.embedders TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.audit_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.audit_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.audit_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.authenticate(p_digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.authenticate(p_digest bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.backfill(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.backfill(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], OUT capture_id integer, OUT line uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.begin_verification(p_task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.begin_verification(p_task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.begin_verification(p_task text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.cancel_task(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.cancel_task(task text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.canonical_url(p_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.canonical_url(p_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.capture_columns(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.capture_columns(p_capture_id integer) TO embedd_capture;
GRANT ALL ON FUNCTION embedd.capture_columns(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.capture_columns(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.capture_line(OUT number integer, OUT control boolean, OUT installation uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.capture_relations(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.capture_relations(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.capture_relations(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.capture_state(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.capture_state(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.capture_state(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.captures_to_audit(p_interval interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.captures_to_audit(p_interval interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.captures_to_audit(p_interval interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_address(p_host text, p_port integer, p_database text, p_username text, p_ssl_mode text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_chunking(p_chunking jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_chunking(p_chunking jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_columns(p_columns json, p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_columns(p_columns json, p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_condition(p_condition text, p_table regclass, OUT condition text, OUT columns text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_consumer(p_installation uuid, p_take boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_consumer(p_installation uuid, p_take boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_embedder_access(p_base_url text, p_api_key_ref text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_embedder_access(p_base_url text, p_api_key_ref text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_embedder_fields(p_fields jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_embedder_fields(p_fields jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_instance(p_seen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_instance(p_seen bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.check_instance(p_seen bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_key(p_source jsonb, p_columns text[], OUT key_columns text[], OUT key_types text[], OUT key_name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_labels(p_labels jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_labels(p_labels jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_model(p_provider text, p_model text, p_dimensions integer, p_base_url text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_name(p_name text, p_noun text, p_taken boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_name(p_name text, p_noun text, p_taken boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_platform(p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_platform(p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_searchable(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_searchable(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.check_searchable(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.check_source(p_source_table text, p_source jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_source(p_source_table text, p_source jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_store_settings(p_settings jsonb, p_mode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_store_settings(p_settings jsonb, p_mode text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_table_quota() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_table_quota() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.check_tier(p_tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.check_tier(p_tier text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.checkpoint_task(p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.checkpoint_verification(p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb, p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_jobs(p_generation_id bigint, p_lane text, p_limit integer, p_worker text, p_lease interval, p_after timestamp with time zone) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_poll(p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_poll(p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_poll(p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_range(p_generation_id bigint, p_worker text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_range(p_generation_id bigint, p_worker text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_range(p_generation_id bigint, p_worker text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_suspect(p_generation_id bigint, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_suspect(p_generation_id bigint, p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_suspect(p_generation_id bigint, p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_task(p_worker text, p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_task(p_worker text, p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_task(p_worker text, p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.claim_unread_store(p_stores text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.claim_unread_store(p_stores text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.claim_unread_store(p_stores text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.compare_capture_states(p_before jsonb, p_after jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.compare_capture_states(p_before jsonb, p_after jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.compare_capture_states(p_before jsonb, p_after jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.complete_task(p_task text, p_worker text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.complete_task(p_task text, p_worker text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.complete_task(p_task text, p_worker text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.connection_secret(p_connection_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.connection_secret(p_connection_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.connection_secret(p_connection_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.count_jobs(p_generation_id bigint, p_lane text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.count_jobs(p_generation_id bigint, p_lane text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.count_jobs(p_generation_id bigint, p_lane text) TO embedd_worker;
GRANT ALL ON FUNCTION embedd.count_jobs(p_generation_id bigint, p_lane text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.count_known(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.count_known(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.count_known(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.count_queued(p_generation_id bigint, p_task_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.count_queued(p_generation_id bigint, p_task_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.count_queued(p_generation_id bigint, p_task_type text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.count_source_rows(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.count_source_rows(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.count_source_rows(p_vector_table_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.count_unread_stores() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.count_unread_stores() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.count_unread_stores() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_api_key(name text, digest bytea, key_prefix text, permission text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_capture_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.create_capture_triggers(p_table regclass, p_capture_id integer, p_row_level boolean, p_is_root boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_connection(name text, mode text, host text, database text, username text, password jsonb, port integer, ssl_mode text, id text, allow_duplicate_name boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_embedder(name text, provider text, model text, api_key_ref text, base_url text, credentials jsonb, id uuid, allow_duplicate_name boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_embedder_record(p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb, p_owner uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_environment(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_environment(name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_generation(p_vector_table_id text, p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_generation(p_vector_table_id text, p_state text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_organization(name text, tier text, owner_name text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_roles() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.create_user(name text, role text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_user(name text, role text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.create_vector_table(name text, source_table text, columns json, embedder text, connection text, primary_key_column text, embedding_model text, embedding_dimensions integer, mode text, sync_mode text, source_facts jsonb, id text, allow_duplicate_name boolean, "where" text, language text, chunking jsonb, store_settings jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.dead_letters(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.dead_letters(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.dead_letters(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.delete_connection(connection text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_connection(connection text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_embedder(embedder text, allow_in_use boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.delete_environment(environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.delete_environment(environment text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.describe_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.describe_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.describe_generation(p_generation_id bigint) TO embedd_worker;
GRANT ALL ON FUNCTION embedd.describe_generation(p_generation_id bigint) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.describe_source(source_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.describe_source(source_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.describe_source(source_table text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.detach() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.detach() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.digest_keys(p_generation_id bigint, p_buckets integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.digest_keys(p_generation_id bigint, p_buckets integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.digest_keys(p_generation_id bigint, p_buckets integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.drift(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.drift(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.drift(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.drop_capture_function(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.drop_capture_function(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.drop_capture_function(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.drop_vector_table(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.drop_vector_table(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.embedder_duplicate_key(p_embedder embedd.embedders) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.embedder_duplicate_key(p_embedder embedd.embedders) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.embedder_in_use(p_embedder_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.embedder_in_use(p_embedder_id uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.embedder_records() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.embedder_records() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.end_capture(p_installation uuid, p_capture_id integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.extend_range(p_range bigint, p_token bigint, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.extend_range(p_range bigint, p_token bigint, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.extend_range(p_range bigint, p_token bigint, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.find_cached_vectors(p_digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.find_cached_vectors(p_digests bytea[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.find_cached_vectors(p_digests bytea[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.find_work() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.find_work() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.find_work() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.finish_capture_drop(p_connection_id text, p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.finish_capture_drop(p_connection_id text, p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.finish_drop(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.finish_drop(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.finish_drop(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.finish_range(p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.follow_source(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.follow_source(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.follow_source(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.free_outboxes() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.free_outboxes() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.free_outboxes() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.generate_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.generate_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.generate_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.get_api_key(api_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_api_key(api_key text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_connection(connection text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_connection(connection text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_embedder(embedder text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_embedder(embedder text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_embedder_record(embedder uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_embedder_record(embedder uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_environment(environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_environment(environment text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_price(p_provider text, p_model text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_price(p_provider text, p_model text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.get_task(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_task(task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.get_task(task text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.get_vector_table(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.get_vector_table(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.get_vector_table(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.grant_rights() FROM PUBLIC;
REVOKE ALL ON FUNCTION embedd.has_permission(p_operation text, p_scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.has_permission(p_operation text, p_scope text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.health(patience interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.health(patience interval) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.hold_range(p_range bigint, p_token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.hold_range(p_range bigint, p_token bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.hold_range(p_range bigint, p_token bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.ingest(p_limit integer, p_from bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.ingest(p_limit integer, p_from bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.ingest(p_limit integer, p_from bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.ingest_remote(p_line uuid, p_captures integer[], p_kinds text[], p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.install_capture(p_table regclass, p_key text[], p_columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.install_capture(p_table regclass, p_key text[], p_columns text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.install_capture(p_table regclass, p_key text[], p_columns text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.installation() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.installation() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.installation() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.instance_message(p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.instance_message(p_state text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.instance_message(p_state text) TO embedd_worker;
GRANT ALL ON FUNCTION embedd.instance_message(p_state text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.instance_state() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.instance_state() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.instance_state() TO embedd_worker;
GRANT ALL ON FUNCTION embedd.instance_state() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.instance_status() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_worker;
GRANT ALL ON FUNCTION embedd.instance_status() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.is_capture_whole(p_capture_id integer, p_state jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.is_capture_whole(p_capture_id integer, p_state jsonb) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.is_capture_whole(p_capture_id integer, p_state jsonb) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.key_text(p_row text, p_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.key_text(p_row text, p_key text[]) TO embedd_capture;
GRANT ALL ON FUNCTION embedd.key_text(p_row text, p_key text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.keys_in_buckets(p_generation_id bigint, p_buckets integer, p_which integer[], p_after text, p_limit integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.known_keys(p_generation_id bigint, p_after text, p_limit integer, p_unchecked_since bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.known_models() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.known_models() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.learn_marks(p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[], p_dead boolean[], p_lease interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.list_aliases() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_aliases() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_aliases() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_api_keys("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_audit("limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_audit("limit" integer) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_connections("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_dropped() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_dropped() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_dropped() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.list_dropped_captures() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_dropped_captures() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_dropped_captures() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_embedder_records(p_owner uuid, p_provider_type text, p_labels jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_embedders("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_environments("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_generations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_generations() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_generations() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.list_organizations() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_organizations() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_sealed() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_sealed() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_usage(from_day date, to_day date, vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.list_users() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_users() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.list_vector_tables("limit" integer, after_created_at timestamp with time zone, after_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.load_embedder(p_embedder text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.load_embedder(p_embedder text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.load_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.load_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.load_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.lock_embedder(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.lock_embedder(p_reference text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.look_at_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.look_at_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.look_at_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.may_range(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.may_range(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.may_range(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.may_see_row(p_source text, p_key_columns text[], p_key_types text[], p_key text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.met_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.met_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.met_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.models() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.models() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.named_key(p_source jsonb, p_named text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.named_key(p_source jsonb, p_named text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.needs_row_triggers(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.needs_row_triggers(p_table regclass) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.needs_row_triggers(p_table regclass) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.note_owner(p_uid text, p_found text, p_found_token bigint, p_watch interval, OUT state text, OUT uid text, OUT beat text, OUT token bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.notices(vector_table text, "limit" integer) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.pause_sync(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.pause_sync(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.poll_work(p_limit integer, p_from bigint, p_arm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.poll_work(p_limit integer, p_from bigint, p_arm boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.poll_work(p_limit integer, p_from bigint, p_arm boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.prunable_token() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.prunable_token() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.prunable_token() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.prune_cached_vectors(p_bytes bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.prune_cached_vectors(p_bytes bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.prune_cached_vectors(p_bytes bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.raise_fence(p_seen bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.raise_fence(p_seen bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.raise_fence(p_seen bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_worker;
GRANT ALL ON FUNCTION embedd.read_identity(OUT system_identifier bigint, OUT timeline bigint, OUT database_oid oid, OUT table_oid oid) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.read_outbox(p_installation uuid, p_limit integer, p_from bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_audit(p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.record_connection_test(p_connection_id text, p_capture text, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_connection_test(p_connection_id text, p_capture text, p_error text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.record_remote_capture(p_vector_table_id text, p_capture_id integer, p_line uuid, p_refusal text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.refill_generation(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.refill_generation(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.refill_generation(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.refuse_audit_change() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.refuse_audit_change() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.release_jobs(p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text, p_burn boolean, p_max_attempts integer, p_wants bigint[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.release_task(p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.remaining_tokens(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.remaining_tokens(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.remaining_tokens(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.remaining_vectors(p_generation_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.remaining_vectors(p_generation_id bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.remaining_vectors(p_generation_id bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.remove_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.remove_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.remove_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.repair_capture(p_capture_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.repair_capture(p_capture_id integer) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.repair_capture(p_capture_id integer) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.replace_generation(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.replace_generation(p_vector_table_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.request_rebackfill(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.request_rebackfill(p_vector_table_id text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.request_reconcile(p_vector_table_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.request_reconcile(p_vector_table_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.request_reconcile(p_vector_table_id text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.request_sweep(p_stores text[], p_interval interval) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.request_sweep(p_stores text[], p_interval interval) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.request_sweep(p_stores text[], p_interval interval) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.require_instance() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.require_instance() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.require_instance() TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.require_permission(p_operation text, p_owner uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.require_permission(p_operation text, p_owner uuid) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resolve_connection(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_connection(p_reference text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resolve_embedder(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_embedder(p_reference text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resolve_environment(p_environment text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_environment(p_environment text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.resolve_environment(p_environment text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.resolve_organization(p_organization text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_organization(p_organization text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resolve_user(p_user text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_user(p_user text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.resolve_vector_table(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resolve_vector_table(p_reference text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.resolve_vector_table(p_reference text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.restart_ledger(p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.restart_ledger(p_message text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.restart_ledger(p_message text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.resume_sync(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.resume_sync(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.retry_dead_letters(vector_table text, keys text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.revoke_api_key(api_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.revoke_api_key(api_key text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.role_rights() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.role_rights() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.search(vector_table text, query_vector real[], query text, "limit" integer, filters jsonb, search_mode text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query_vector real[], query text, "limit" integer, filters jsonb, search_mode text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.search(vector_table text, query_vector real[], query text, "limit" integer, filters jsonb, search_mode text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.searchable_generation(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.searchable_generation(vector_table text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_price(provider text, model text, usd_per_million numeric) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_rate_limits(embedder text, requests_per_minute integer, tokens_per_minute bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_tier(organization text, tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_tier(organization text, tier text) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.set_token_budget(embedder text, monthly_tokens bigint) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.source_condition(p_condition text, p_source jsonb, p_here boolean, OUT condition text, OUT columns text[]) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.suspect_keys(p_generation_id bigint, p_keys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.suspect_keys(p_generation_id bigint, p_keys text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.suspect_keys(p_generation_id bigint, p_keys text[]) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.sync_status(vector_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.sync_status(vector_table text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.sync_status(vector_table text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.take_request(p_organization_id text, p_limit integer, p_at timestamp with time zone) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.task_lane(p_task_type text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.task_lane(p_task_type text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.task_lane(p_task_type text) TO embedd_worker;
GRANT ALL ON FUNCTION embedd.task_lane(p_task_type text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.tasks("limit" integer, before_created_at timestamp with time zone, before_id text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.text_signature(p_columns json) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.text_signature(p_columns json) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.tier_limits(tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.tier_limits(tier text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.tier_limits(tier text) TO embedd_worker;
REVOKE ALL ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_connection(connection text, name text, host text, port integer, database text, username text, password jsonb, ssl_mode text, allow_duplicate_name boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_embedder(embedder text, name text, model text, api_key_ref text, base_url text, credentials jsonb, fingerprint bytea, allow_duplicate_name boolean, allow_in_use boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_embedder_record(p_embedder uuid, p_fields jsonb, p_credentials jsonb, p_fingerprint bytea) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.update_vector_table(vector_table text, name text, columns json, embedder text, embedding_model text, embedding_dimensions integer, sync_mode text, source_facts jsonb, allow_duplicate_name boolean, "where" text, chunking jsonb) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.vector_budget() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.vector_budget() TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.verification(task text) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.verification(task text) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.verification(task text) TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.verify(vector_table text, repair boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.verify(vector_table text, repair boolean) TO embedd_admin;
REVOKE ALL ON FUNCTION embedd.version() FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.version() TO embedd_admin;
GRANT ALL ON FUNCTION embedd.version() TO embedd_worker;
GRANT ALL ON FUNCTION embedd.version() TO embedd_reader;
REVOKE ALL ON FUNCTION embedd.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION embedd.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) TO embedd_admin;
GRANT ALL ON FUNCTION embedd.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[]) TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.api_keys TO embedd_admin;
GRANT SELECT,INSERT ON TABLE embedd.audit_log TO embedd_admin;
GRANT ALL ON SEQUENCE embedd.audit_log_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.cached_vectors TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.cached_vectors TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.capture_audits TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.capture_audits TO embedd_worker;
GRANT SELECT ON TABLE embedd.captures TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.captures TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.captures TO embedd_worker;
GRANT ALL ON SEQUENCE embedd.captures_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.connections TO embedd_admin;
GRANT SELECT ON TABLE embedd.connections TO embedd_worker;
GRANT SELECT(id) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT(host) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT(capture) ON TABLE embedd.connections TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.consumer TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.daily_usage TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.daily_usage TO embedd_worker;
GRANT SELECT ON TABLE embedd.daily_usage TO embedd_reader;
GRANT SELECT ON TABLE embedd.doorbell TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.doorbell TO embedd_admin;
GRANT SELECT,UPDATE ON TABLE embedd.doorbell TO embedd_worker;
GRANT SELECT ON TABLE embedd.doorbell TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.environments TO embedd_admin;
GRANT SELECT ON TABLE embedd.environments TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.fence TO embedd_admin;
GRANT ALL ON SEQUENCE embedd.fence TO embedd_worker;
GRANT SELECT ON SEQUENCE embedd.fence TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.fence_marks TO embedd_admin;
GRANT SELECT,INSERT,DELETE ON TABLE embedd.fence_marks TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.generations TO embedd_admin;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.generations TO embedd_worker;
GRANT SELECT ON TABLE embedd.generations TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.generations_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.instance TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.instance TO embedd_worker;
GRANT SELECT ON TABLE embedd.instance TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.jobs TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.jobs TO embedd_worker;
GRANT SELECT ON TABLE embedd.jobs TO embedd_reader;
GRANT SELECT ON TABLE embedd.migrations TO embedd_admin;
GRANT SELECT ON TABLE embedd.migrations TO embedd_worker;
GRANT SELECT ON TABLE embedd.migrations TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.notices TO embedd_admin;
GRANT SELECT,INSERT,DELETE ON TABLE embedd.notices TO embedd_worker;
GRANT SELECT ON TABLE embedd.notices TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.notices_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.organizations TO embedd_admin;
GRANT SELECT ON TABLE embedd.organizations TO embedd_worker;
GRANT INSERT ON TABLE embedd.outbox TO embedd_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.outbox TO embedd_admin;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.outbox TO embedd_worker;
GRANT SELECT ON TABLE embedd.outbox TO embedd_reader;
GRANT ALL ON SEQUENCE embedd.outbox_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.prices TO embedd_admin;
GRANT SELECT ON TABLE embedd.prices TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.ranges TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.ranges TO embedd_worker;
GRANT ALL ON SEQUENCE embedd.ranges_id_seq TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.rate_buckets TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.rate_buckets TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.remote_outboxes TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.remote_outboxes TO embedd_worker;
GRANT SELECT ON TABLE embedd.remote_outboxes TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.request_counts TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.row_states TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.row_states TO embedd_worker;
GRANT SELECT ON TABLE embedd.row_states TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.tasks TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.tasks TO embedd_worker;
GRANT SELECT ON TABLE embedd.tasks TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.unread_stores TO embedd_worker;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.users TO embedd_admin;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.vector_tables TO embedd_admin;
GRANT SELECT,DELETE,UPDATE ON TABLE embedd.vector_tables TO embedd_worker;
GRANT SELECT ON TABLE embedd.vector_tables TO embedd_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE embedd.verifications TO embedd_admin;
GRANT SELECT,INSERT,UPDATE ON TABLE embedd.verifications TO embedd_worker;
GRANT SELECT ON TABLE embedd.verifications TO embedd_reader;
('capture', 1, 'capture')
('capture', 2, 'outbox_index')
('capture', 3, 'outbox_keys')
('capture', 4, 'composite_keys')
('capture', 5, 'consumer')
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
