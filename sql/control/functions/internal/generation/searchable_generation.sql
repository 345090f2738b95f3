-- The generation of a vector table that can answer queries. For programs of 0.1.0 and 0.2.0 that run during an upgrade;
-- later ones call prepare_search().
create or replace function embedd_internal.searchable_generation(vector_table text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.load_generation(embedd_internal.check_searchable(vector_table))
$$;
