-- Return whether a vector table that is not dropped, or a task that has not ended, refers to an embedder.
create or replace function embedd_internal.embedder_in_use(p_embedder_id uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select exists (select from embedd.vector_tables where embedder_id = p_embedder_id and dropped_at is null)
      or exists (select from embedd.tasks t join embedd.generations g on g.id = t.generation_id
                  where g.embedder_id = p_embedder_id and t.status in ('pending', 'running'))
$$;
