-- Return what one text and one request may hold for a model of a provider. The provider's usual limits replace those
-- that the catalogue does not have.
create or replace function embedd_internal.model_limits(p_provider text, p_model text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'max_text_tokens', coalesce(m.max_text_tokens, p.max_text_tokens), 'max_items', coalesce(m.max_items, p.max_items),
    'max_tokens', coalesce(m.max_tokens, p.max_tokens), 'max_requests', p.max_requests)
    from embedd_internal.providers() p
    left join embedd.models m on m.provider = p.provider and m.model = p_model and m.kind = 'embedding'
   where p.provider = p_provider
$$;
