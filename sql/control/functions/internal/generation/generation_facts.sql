-- Return one generation without credentials and limits: its vector table, source, store, and how its vectors are made.
create or replace function embedd_internal.generation_facts(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'id', g.id,
    'vector_table', jsonb_build_object(
      'id', v.id, 'name', v.name, 'organization_id', v.organization_id,
      'sync_mode', v.sync_mode, 'sync_status', v.sync_status),
    'source', jsonb_build_object(
      'connection_id', v.connection_id,
      'capture', embedd_internal.capture_of(v.id), 'remote_capture_id', v.remote_capture_id, 'tracked', tracked.columns,
      'schema', v.source_schema, 'name', v.source_name, 'key', key.columns,
      'columns', g.columns, 'text', embedd_internal.text_signature(g.columns), 'condition', v.condition),
    'store', jsonb_build_object(
      'kind', g.store, 'co_located', g.store = 'pgvector' and c.host is null,
      'schema', g.store_schema, 'name', g.store_table, 'settings', g.store_settings, 'language', v.language),
    'embedding', jsonb_build_object(
      'provider', g.provider, 'base_url', g.base_url, 'model', g.embedding_model,
      'dimensions', g.embedding_dimensions, 'chunking', g.chunking))
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections c on c.id = v.connection_id
    cross join lateral (
      select jsonb_agg(jsonb_build_object('name', name, 'type', type) order by place) as columns
        from unnest(v.key_columns, v.key_types) with ordinality k (name, type, place)) key
    cross join lateral (
      select jsonb_agg(distinct name) as columns
        from (select t ->> 'name' from json_array_elements(v.columns) t
              union all
              select unnest(v.condition_columns)) n (name)) tracked
   where g.id = p_generation_id
$$;
