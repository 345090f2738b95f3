-- Return all that a program needs to carry out a search: the generation that answers queries, and the plan of the
-- request. Store, embedder, model and dimensions come from one row, so a query never mixes two models.
create or replace function embedd_internal.prepare_search(p_vector_table text, p_request jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('generation', g, 'plan', embedd_internal.plan_search(g, p_request))
    from embedd_internal.get_generation(embedd_internal.check_searchable(p_vector_table)) g
$$;
