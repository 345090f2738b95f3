-- Return the JSON of get_generation() with the flat keys that programs of 0.1.0 and 0.2.0 read. Keys of the embedder
-- and the limits are null if they are not in it (generation_facts).
create or replace function embedd_internal.flat_generation(p_generation jsonb) returns jsonb
language sql immutable strict set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
      'id', p_generation -> 'id',
      'vector_table_id', t -> 'id', 'name', t -> 'name', 'organization_id', t -> 'organization_id',
      'sync_mode', t -> 'sync_mode', 'sync_status', t -> 'sync_status',
      'connection_id', s -> 'connection_id', 'polled', w -> 'compared',
      'remote', w -> 'remote', 'followed', (w -> 'remote')::boolean and (w -> 'reports')::boolean,
      'remote_capture_id', s -> 'remote_capture_id', 'tracked', s -> 'tracked', 'source_schema', s -> 'schema',
      'source_name', s -> 'name', 'key', s -> 'key', 'columns', s -> 'columns', 'condition', s -> 'condition')
    || jsonb_build_object(
      'store', d -> 'kind', 'beside', d -> 'co_located', 'store_schema', d -> 'schema', 'store_table', d -> 'name',
      'store_settings', d -> 'settings', 'language', d -> 'language',
      'provider', m -> 'provider', 'model', m -> 'model', 'dimensions', m -> 'dimensions', 'chunking', m -> 'chunking',
      'base_url', m -> 'base_url')
    || jsonb_build_object(
      'embedder_id', e -> 'public_id', 'live_base_url', e -> 'base_url', 'api_path', e -> 'api_path',
      'max_sequence_length', e -> 'max_sequence_length', 'credentials_form', e -> 'credentials_form',
      'credentials', e -> 'credentials', 'secret_ref', e -> 'secret_ref', 'secret_removed', e -> 'secret_removed',
      'address', e -> 'address',
      'metered', l -> 'metered', 'budgeted', l -> 'budgeted', 'paced', l -> 'paced')
    from (select p_generation -> 'vector_table' as t, p_generation -> 'source' as s,
                 p_generation -> 'source' -> 'capture' as w, p_generation -> 'store' as d,
                 p_generation -> 'embedding' as m, p_generation -> 'embedder' as e,
                 p_generation -> 'limits' as l) nested
$$;
