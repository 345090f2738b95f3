-- Return the catalogue of models for embedding or reranking (of_kind; null: both): vector sizes, longest text in
-- tokens, price of a million tokens in US dollars, date of retirement and successor. Null means not known.
create or replace function embedd.list_models(of_provider text default null, of_kind text default null)
returns table (provider text, model text, kind text, dimensions int, sizes text, max_text_tokens int,
               usd_per_million numeric, retired_on date, successor text, origin text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select m.provider, m.model, m.kind, m.dimensions, embedd_internal.shown_sizes(m.sizes), m.max_text_tokens,
         embedd_internal.get_price(m.provider, m.model), m.retired_on, m.successor, m.origin
    from embedd.models m
   where m.provider = coalesce(of_provider, m.provider) and m.kind = coalesce(of_kind, m.kind)
   order by m.provider, m.kind, m.model
$$;
comment on function embedd.list_models(text, text) is
  'Return models by provider: sizes, limits, prices and retirement.';
