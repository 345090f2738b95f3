-- US dollars for a million tokens of a model: the price an operator set, else that of the catalogue; null: no price
-- known.
create or replace function embedd_internal.get_price(p_provider text, p_model text) returns numeric
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when p.model is null then m.usd_per_million else p.usd_per_million end
    from (values (p_provider, p_model)) asked (provider, model)
    left join embedd.models m on m.provider = asked.provider and m.model = asked.model
    left join embedd.prices p on p.provider = asked.provider and p.model = asked.model
$$;
