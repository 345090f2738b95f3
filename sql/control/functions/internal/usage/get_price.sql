-- Return the price of a million tokens of a model in US dollars: the price that an operator set, else the price in the
-- catalogue; null without either.
create or replace function embedd_internal.get_price(p_provider text, p_model text) returns numeric
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when p.model is null then m.usd_per_million else p.usd_per_million end
    from (values (p_provider, p_model)) asked (provider, model)
    left join embedd.models m on m.provider = asked.provider and m.model = asked.model
    left join embedd.prices p on p.provider = asked.provider and p.model = asked.model
$$;
