-- Return the generation that answers queries on a vector table, in the form of get_generation(). Model and store come
-- from one row, so a query never mixes two models.
create or replace function embedd_internal.get_searchable_generation(vector_table text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.get_generation(embedd_internal.check_searchable(vector_table))
$$;
