-- The generation of a vector table that is kept up to date now, as load_generation() shows it.
create or replace function embedd.active_generation(vector_table text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd.load_generation(id) from embedd.generations
   where vector_table_id = embedd.resolve_vector_table(vector_table) and state = 'active'
$$;
