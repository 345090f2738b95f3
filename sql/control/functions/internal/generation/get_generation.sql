-- Return all that workers and queries need of one generation: generation_facts() with the longest text its model takes,
-- its embedder (null: it was deleted) and its limits. Secrets are encrypted envelopes or references.
create or replace function embedd_internal.get_generation(p_generation_id bigint) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select f.facts || jsonb_build_object(
    'embedding', f.facts -> 'embedding' || jsonb_build_object('max_text_tokens', m.limits -> 'max_text_tokens'),
    -- The vectors of a generation have one provider, model and size, even if its embedder names another model now.
    'embedder', embedd_internal.embedder_configuration(e.id) || jsonb_build_object(
      'provider', g.provider, 'model', g.embedding_model, 'dimensionality', g.embedding_dimensions,
      'limits', m.limits),
    'limits', jsonb_build_object(
      'metered', embedd_internal.is_metered(g.vector_table_id),
      'budgeted', e.monthly_token_budget is not null,
      'paced', e.requests_per_minute is not null or e.tokens_per_minute is not null))
    from embedd.generations g
    left join embedd.embedders e on e.id = g.embedder_id
    -- OFFSET 0 keeps the planner from evaluating these once for each mention above.
    cross join lateral (select embedd_internal.generation_facts(g.id) as facts offset 0) f
    cross join lateral (
      select embedd_internal.model_limits(g.provider, g.embedding_model)
             || jsonb_strip_nulls(jsonb_build_object('max_text_tokens', e.max_sequence_length)) as limits
      offset 0) m
   where g.id = p_generation_id
$$;
