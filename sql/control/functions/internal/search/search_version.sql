-- Return the version of the generation that answers queries on a vector table, and whether the answer is partial, both as
-- prepare_search() does, or raise EBR02 if none can. A program that knows this version and the plan of its request needs
-- no more to carry out a search.
create or replace function embedd_internal.search_version(p_vector_table text, out version text, out partial jsonb)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint := embedd_internal.check_searchable(p_vector_table);
begin
  version := embedd_internal.brief_generation(v_id) ->> 'version';
  partial := embedd_internal.partial_answer(v_id);
end
$$;
