-- All a worker or a query needs to know of one generation; secrets only as encrypted envelopes or references.
create or replace function embedd_internal.load_generation(p_generation_id bigint) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.describe_generation(g.id) || jsonb_build_object(
    'metered', embedd_internal.is_metered(v.id),
    'budgeted', e.monthly_token_budget is not null, 'paced', e.requests_per_minute is not null or e.tokens_per_minute is not null,
    'embedder_id', e.public_id, 'base_url', g.base_url, 'live_base_url', e.base_url,
    'api_path', e.api_path, 'max_sequence_length', e.max_sequence_length, 'credentials_form', e.credentials_form, 'credentials', e.credentials, 'secret_ref', e.secret_ref,
    'secret_removed', e.secret_removed, 'address', embedd_internal.embedder_address(e.provider, e.base_url, e.api_path))
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    left join embedd.embedders e on e.id = g.embedder_id
   where g.id = p_generation_id
$$;
