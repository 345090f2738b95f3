-- The model catalogue (contract, section 4): which models a provider offers without a base_url of one's own.
create or replace function embedd.models() returns table (provider text, model text, dimensions int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select provider, model, dimensions from embedd_internal.known_models() where provider in ('openai', 'gemini', 'voyage', 'local')
$$;
comment on function embedd.models() is 'Embedding models by provider, with the size of their vectors.';
