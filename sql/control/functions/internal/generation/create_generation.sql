-- Create a generation, with its own physical store, from the present configuration of a vector table. Return its
-- id.
create or replace function embedd_internal.create_generation(p_vector_table_id text, p_state text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table embedd.vector_tables := (select v from embedd.vector_tables v where v.id = p_vector_table_id);
  v_id bigint := nextval(pg_get_serial_sequence('embedd.generations', 'id'));
  v_suffix text := case when exists (select from embedd.generations where vector_table_id = p_vector_table_id)
                        then '_' || v_id else '' end;
  -- A detached copy of the database shares ids with the original, and perhaps a store.
  v_own text := coalesce((select '_' || left(uid::text, 6) from embedd.instance where detached), '');
  v_slug text := btrim(regexp_replace(lower(v_table.name), '[^a-z0-9]+', '_', 'g'), '_');
begin
  insert into embedd.generations (
    id, vector_table_id, state, store, store_schema, store_table, embedder_id, provider, base_url,
    embedding_model, embedding_dimensions, columns, chunking, store_settings)
  overriding system value
  select v_id, v_table.id, p_state, case v_table.mode when 'platform' then 'pgvector' else 'qdrant' end,
         case v_table.mode when 'platform' then v_table.source_schema end,
         -- Passages and words are in tables of their own, whose names are longer.
         case v_table.mode
           when 'platform' then format(
             'embedd_vt_%s_%s%s', substr(v_table.id, 4, 8),
             left(v_slug, case v_table.chunking ->> 'strategy' when 'none' then 24 else 16 end), v_suffix || v_own)
           else 'embedd_' || v_table.id || v_suffix || v_own end,
         e.id, e.provider, e.base_url, v_table.embedding_model, v_table.embedding_dimensions, v_table.columns,
         v_table.chunking, v_table.store_settings
    from embedd.embedders e
   where e.id = v_table.embedder_id;
  return v_id;
end
$$;
