-- Return all that a program needs to carry out a search: the generation that answers queries, its version, the plan of
-- the request, and whether the answer is partial. Store, embedder, model and dimensions come from one generation, so a
-- query never mixes two models. If the program knows this version already, null is returned instead of the generation.
create or replace function embedd_internal.prepare_search(
  p_vector_table text,
  p_request jsonb,
  p_known text default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint := embedd_internal.check_searchable(p_vector_table);
  v_brief jsonb := embedd_internal.brief_generation(v_id);
  v_version text := v_brief ->> 'version';
begin
  return jsonb_build_object(
    'version', v_version,
    'generation', case when v_version is distinct from p_known then embedd_internal.get_generation(v_id) end,
    'plan', embedd_internal.plan_search(v_brief, p_request),
    'partial', embedd_internal.partial_answer(v_id));
end
$$;
