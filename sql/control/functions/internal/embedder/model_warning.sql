-- Return a warning if a model is not in the catalogue, is or will be retired, or has a successor that its vendor
-- recommends; null if there is nothing to warn of.
create or replace function embedd_internal.model_warning(p_provider text, p_model text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format('The model %s of the provider %s ', quote_literal(p_model), p_provider) || case
           when m.model is null
             then 'is not in the catalogue: its limits are assumed, and it has no price unless you set one. '
                  'embedd.add_model() describes it.'
           when m.retired_on <= current_date then format('was retired on %s.', m.retired_on)
           when m.retired_on is not null then format('will be retired on %s.', m.retired_on)
           when m.successor is not null then 'is an older one.'
         end || coalesce(' Its vendor recommends ' || m.successor || '.', '')
    from (values (p_provider, p_model)) asked (provider, model)
    left join embedd.models m on m.provider = asked.provider and m.model = asked.model and m.kind = 'embedding'
$$;
