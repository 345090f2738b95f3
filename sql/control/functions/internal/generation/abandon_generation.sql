-- Give up the generation that is being built. The vector table gets back the configuration of the active one, which
-- still answers queries, so the same change can be requested again.
create or replace function embedd_internal.abandon_generation(p_vector_table_id text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  with given_up as (
    update embedd.generations
       set state = 'dropped'
     where vector_table_id = p_vector_table_id and state = 'building'
    returning vector_table_id
  )
  update embedd.vector_tables v
     set columns = g.columns, embedder_id = g.embedder_id, embedding_model = g.embedding_model,
         embedding_dimensions = g.embedding_dimensions, chunking = g.chunking, changed_at = now()
    from embedd.generations g join given_up using (vector_table_id)
   where v.id = g.vector_table_id and g.state = 'active'
$$;
