-- What a tier allows; null is no limit. No row for a tier that does not exist.
create or replace function embedd.tier_limits(tier text)
returns table (max_tables int, max_vectors bigint, requests_per_minute int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select l.max_tables, l.max_vectors, l.requests_per_minute
    from (values ('free', 3, 100000::bigint, 25), ('pro', 5, 500000, 300), ('business', 25, 5000000, 1000),
                 ('enterprise', null, null, null)) as l (name, max_tables, max_vectors, requests_per_minute)
   where l.name = tier_limits.tier
$$;
comment on function embedd.tier_limits(text) is 'Managed tables, managed vectors and requests per minute of a tier; null is no limit.';
