-- All that a program must know to carry out a search of a vector table that can answer one: its generation, and the
-- plan of the request. One row says store, embedder, model and dimensions, so a query never mixes two models.
create or replace function embedd_internal.prepare_search(p_vector_table text, p_request jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('generation', g, 'plan', embedd_internal.plan_search(g, p_request))
    from embedd_internal.get_generation(embedd_internal.check_searchable(p_vector_table)) g
$$;
