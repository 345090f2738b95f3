-- One generation as anybody may know it: its store, source and layout, nothing of credentials or tenants' limits.
create or replace function embedd_internal.describe_generation(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'id', g.id, 'store', g.store, 'beside', g.store = 'pgvector' and c.host is null, 'store_schema', g.store_schema, 'store_table', g.store_table,
    'vector_table_id', v.id, 'name', v.name, 'organization_id', v.organization_id, 'connection_id', v.connection_id,
    'sync_mode', v.sync_mode, 'sync_status', v.sync_status, 'polled', v.capture_id is null,
    'remote', coalesce(c.capture = 'remote_trigger', false), 'remote_capture_id', v.remote_capture_id,
    'followed', v.remote_capture_id is not null and coalesce(c.capture = 'remote_trigger', false)
                and exists (select from embedd.remote_outboxes o where o.connection_id = c.id and o.error is null),
    'tracked', (select jsonb_agg(distinct name) from (select t ->> 'name' from json_array_elements(v.columns) t
                                                      union all select unnest(v.condition_columns)) n (name)),
    'source_schema', v.source_schema, 'source_name', v.source_name,
    'key', (select jsonb_agg(jsonb_build_object('name', name, 'type', type) order by place)
              from unnest(v.key_columns, v.key_types) with ordinality k (name, type, place)), 'columns', g.columns, 'language', v.language, 'condition', v.condition,
    'model', g.embedding_model, 'dimensions', g.embedding_dimensions,
    'chunking', g.chunking, 'store_settings', g.store_settings, 'provider', g.provider)
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections c on c.id = v.connection_id
   where g.id = p_generation_id
$$;
