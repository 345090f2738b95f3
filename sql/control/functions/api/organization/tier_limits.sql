-- Return the limits of a tier; null means unlimited. An unknown tier has no row.
create or replace function embedd.tier_limits(tier text)
returns table (max_tables int, max_vectors bigint, requests_per_minute int, max_connections int, max_embedders int,
               max_keys int, max_environments int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select l.max_tables, l.max_vectors, l.requests_per_minute, l.max_connections, l.max_embedders, l.max_keys,
         l.max_environments
    from (values ('free', 3, 100000::bigint, 25, 5, 10, 20, 3), ('pro', 5, 500000, 300, 20, 50, 100, 10),
                 ('business', 25, 5000000, 1000, 100, 250, 500, 50),
                 ('enterprise', null, null, null, null, null, null, null))
         as l (name, max_tables, max_vectors, requests_per_minute, max_connections, max_embedders, max_keys,
               max_environments)
   where l.name = tier_limits.tier
$$;
comment on function embedd.tier_limits(text) is
  'Return the limits of a tier: managed tables and vectors, requests per minute and others; null is no limit.';
