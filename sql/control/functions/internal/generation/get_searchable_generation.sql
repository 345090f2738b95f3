-- The generation that answers the queries of a vector table, as get_generation() shows it: its model and its store are of
-- one row, so a query never mixes two models.
create or replace function embedd_internal.get_searchable_generation(vector_table text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.get_generation(embedd_internal.check_searchable(vector_table))
$$;
