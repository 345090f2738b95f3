-- What a query must know of a vector table, when it can answer queries. One row says store, embedder, model and dimensions,
-- so a query never mixes two models.
create or replace function embedd_internal.searchable_generation(vector_table text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.load_generation(embedd_internal.check_searchable(vector_table))
$$;
