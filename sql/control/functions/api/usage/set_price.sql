-- Set the price of a million tokens of a model, also for past usage, in place of the price in the catalogue; null: the
-- model has no price. The function is for operators only, because prices belong to the whole installation.
create or replace function embedd.set_price(provider text, model text, usd_per_million numeric) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if set_price.provider is null or set_price.model is null or set_price.usd_per_million < 0 then
    raise exception using errcode = 'EBV01',
      message = 'A price needs a provider, a model and an amount that is not negative.',
      hint = 'For example: select embedd.set_price(''openai'', ''text-embedding-3-small'', 0.02).';
  end if;
  insert into embedd.prices as known (provider, model, usd_per_million)
  values (set_price.provider, set_price.model, set_price.usd_per_million)
  on conflict on constraint prices_pkey do update set usd_per_million = excluded.usd_per_million;
  perform embedd_internal.note_change('set_price', format('%s %s', set_price.provider, set_price.model));
end
$$;
comment on function embedd.set_price(text, text, numeric) is
  'Set the US dollars for a million tokens of a model; null removes the price.';
