-- Return the embedding models of all providers with their vector size. A model that is not listed can be used with
-- embedding_dimensions. list_models() returns more of each model.
create or replace function embedd.models() returns table (provider text, model text, dimensions int)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select m.provider, m.model, m.dimensions
    from embedd.models m
   where m.kind = 'embedding'
   order by m.provider, m.model
$$;
comment on function embedd.models() is 'Return embedding models by provider, with their vector size.';
