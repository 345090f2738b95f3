-- Return the version of the generation that answers queries on a vector table, as prepare_search() does, or raise EBR02
-- if none can. A program that knows this version and the plan of its request needs no more to carry out a search.
create or replace function embedd_internal.search_version(p_vector_table text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.brief_generation(embedd_internal.check_searchable(p_vector_table)) ->> 'version'
$$;
