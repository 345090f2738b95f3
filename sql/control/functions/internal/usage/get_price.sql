-- Return the price of a million tokens of a model in US dollars; null if no price is known.
create or replace function embedd_internal.get_price(p_provider text, p_model text) returns numeric
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select usd_per_million from embedd.prices where provider = p_provider and model = p_model
$$;
