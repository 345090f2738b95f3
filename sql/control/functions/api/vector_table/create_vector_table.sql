-- Make a source table searchable: check everything, store the configuration and watch the table for changes, all in one
-- transaction. Nothing is embedded before backfill(). source_facts is the result of describe_source() over the
-- connection; without it, this database is asked. The function keeps the caller's search path, so that source_table
-- names the same table as for the caller; hence the qualified names.
create or replace function embedd.create_vector_table(
  name text, source_table text, columns json, embedder text default 'local', connection text default 'local',
  primary_key_column text default null, embedding_model text default null, embedding_dimensions int default null,
  mode text default null, sync_mode text default 'batch', source_facts jsonb default null, id text default null,
  allow_duplicate_name boolean default false, "where" text default null, language text default 'english',
  chunking jsonb default null, store_settings jsonb default null)
returns text
language plpgsql
as $$
#variable_conflict use_column
declare
  v_environment text := embedd_internal.acting_environment();
  v_id text := coalesce(
    create_vector_table.id, 'vt_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''));
  v_connection_id text;
  v_connection record;
  v_embedder_id uuid;
  v_embedder embedd.embedders;
  v_mode text;
  v_facts jsonb := source_facts;
  v_key record;
  v_model text;
  v_dimensions int;
  v_schema text;
  v_relation text;
  v_capture int;
  v_condition record;
  v_chunking jsonb := embedd_internal.check_chunking(create_vector_table.chunking);
  v_settings jsonb;
begin
  perform embedd_internal.check_name(create_vector_table.name, 'vector table',
    not allow_duplicate_name and exists (select from embedd.vector_tables v
      where v.environment_id = v_environment and v.dropped_at is null and v.name = create_vector_table.name));

  v_connection_id := embedd_internal.resolve_connection(connection);
  v_embedder_id := embedd_internal.resolve_embedder(embedder);
  select c.id, c.name, c.status, c.mode, c.capture, c.host into v_connection
    from embedd.connections c
   where c.id = v_connection_id;
  v_embedder := embedd_internal.use_embedder(v_embedder_id);
  perform embedd_internal.require_permission(
    'create', 'vector_table', case when v_connection.host is not null then embedd_internal.acting_user() end);
  if v_connection.status <> 'connected' then
    raise exception using errcode = 'EBR01',
      message = pg_catalog.format('The connection %s is %s, not connected.', v_connection.name, v_connection.status),
      hint = pg_catalog.format('Test it first: POST /v1/connections/%s/test.', v_connection.id);
  end if;

  v_mode := coalesce(create_vector_table.mode, v_connection.mode, 'managed');
  if v_mode not in ('managed', 'platform') or v_mode <> coalesce(v_connection.mode, v_mode) then
    raise exception using errcode = 'EBV01',
      message = pg_catalog.format('mode must be %s.', coalesce(v_connection.mode, 'managed or platform')),
      hint = 'It must be the mode of the connection; leave it out to use that one.';
  end if;
  if not exists (select from pg_catalog.pg_ts_config c
                  where c.cfgnamespace = 'pg_catalog'::pg_catalog.regnamespace
                    and c.cfgname = create_vector_table.language) then
    raise exception using errcode = 'EBV01',
      message = pg_catalog.format('language: there is no text search configuration %s.', create_vector_table.language),
      hint = (select pg_catalog.string_agg(c.cfgname::text, ', ' order by c.cfgname) from pg_catalog.pg_ts_config c
               where c.cfgnamespace = 'pg_catalog'::pg_catalog.regnamespace);
  end if;
  v_settings := embedd_internal.check_store_settings(create_vector_table.store_settings, v_mode);
  if coalesce(create_vector_table.sync_mode, '') not in ('batch', 'cdc') then
    raise exception using errcode = 'EBV01',
      message = 'sync_mode must be batch or cdc.',
      hint = 'batch is the default.';
  end if;
  v_model := coalesce(create_vector_table.embedding_model, v_embedder.model,
    (select p.default_model from embedd_internal.providers() p where p.provider = v_embedder.provider));
  v_dimensions := embedd_internal.check_embedder_use(v_embedder, v_model, create_vector_table.embedding_dimensions);

  if v_facts is null and v_connection.capture = 'trigger' and v_connection.host is null then
    begin
      v_facts := embedd_internal.describe_source(create_vector_table.source_table);
    exception
      when syntax_error or invalid_name or feature_not_supported then
        null;  -- The name is no table of this database; check_source() raises the error.
      when insufficient_privilege then
        raise exception using errcode = 'EBP02',
          message = pg_catalog.format('The role %s may not use the schema of %s.',
                                      current_user, create_vector_table.source_table),
          hint = pg_catalog.format('grant usage on schema %I to %I',
                                   (pg_catalog.parse_ident(create_vector_table.source_table))[1], current_user);
    end;
  end if;
  perform embedd_internal.check_source(create_vector_table.source_table, v_facts);
  v_key := embedd_internal.check_key(
    v_facts, embedd_internal.named_key(v_facts, create_vector_table.primary_key_column));
  perform embedd_internal.check_columns(create_vector_table.columns, v_facts);
  if v_mode = 'platform' then
    perform embedd_internal.check_platform(v_facts);
  end if;
  v_condition := embedd_internal.source_condition("where", v_facts, v_connection.host is null);
  v_schema := v_facts ->> 'schema'::text;
  v_relation := v_facts ->> 'name'::text;

  -- Only the connection local is surely this database: a server at a host may claim to be. Views and foreign tables
  -- have no triggers that report changes, so they are polled.
  if v_facts ->> 'kind'::text in ('r', 'p') and v_connection.capture = 'trigger' and v_connection.host is null then
    v_capture := embedd_internal.watch_source(
      v_schema, v_relation, v_key.key_columns, create_vector_table.columns, v_condition.columns);
  end if;

  if v_mode = 'managed' then
    perform embedd_internal.check_quota('managed vector table');
  end if;
  insert into embedd.vector_tables (
    id, organization_id, environment_id, name, connection_id, embedder_id,
    source_table, source_schema, source_name, primary_key_column, key_columns, key_types,
    mode, sync_mode, embedding_model, embedding_dimensions, columns, language,
    condition, condition_columns, chunking, store_settings, capture_id, created_by)
  values (
    v_id, embedd_internal.acting_organization(), v_environment, create_vector_table.name,
    v_connection.id, v_embedder.id,
    create_vector_table.source_table, v_schema, v_relation,
    coalesce(create_vector_table.primary_key_column, v_key.key_name), v_key.key_columns, v_key.key_types,
    v_mode, create_vector_table.sync_mode, v_model, v_dimensions,
    create_vector_table.columns, create_vector_table.language,
    v_condition.condition, v_condition.columns, v_chunking, v_settings, v_capture, embedd_internal.acting_user());

  perform embedd_internal.create_generation(v_id, 'active');
  perform embedd_internal.note_model(v_id, v_embedder.provider, v_model, v_embedder.base_url);
  perform embedd_internal.note_change('create_vector_table', v_id);
  return v_id;
end
$$;
comment on function embedd.create_vector_table(
  text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean, text, text, jsonb, jsonb) is
  'Make a source table searchable by meaning and return the id of the vector table. Call backfill() next.';
