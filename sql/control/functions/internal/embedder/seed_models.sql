-- Write the shipped models to embedd.models. Each installation and upgrade calls it. Models that operators added stay
-- unchanged, even with the name of a shipped one.
create or replace function embedd_internal.seed_models() returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.models where origin = 'shipped';
  insert into embedd.models (provider, model, kind, dimensions, sizes, size_fixed, max_text_tokens, max_items,
                             max_tokens, usd_per_million, retired_on, successor, origin)
  select s.provider, s.model, s.kind, s.dimensions, s.sizes, s.size_fixed, s.max_text_tokens, s.max_items,
         s.max_tokens, s.usd_per_million, s.retired_on, s.successor, 'shipped'
    from embedd_internal.shipped_models() s
  on conflict do nothing
$$;
