-- Return which embedders and connections of all organizations have credentials: stored ones, which only the service can
-- open, references, or credentials that were removed because their address changed. Also returns the address they are
-- sent to and whether they are bound to it, but never the credentials. For workers when they start, and for the doctor.
create or replace function embedd_internal.list_credentials()
returns table (kind text, name text, organization_id text, provider text, base_url text, host text, ssl_mode text,
               secret_ref text, secret_removed boolean, stored boolean, bound boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select 'embedder', name, organization_id, provider, base_url, null, null, secret_ref, secret_removed,
         credentials is not null,
         coalesce((credentials ->> 'v')::int, 1) >= 2
    from embedd.embedders where secret_ref is not null or secret_removed or credentials is not null
  union all
  select 'connection', name, organization_id, null, null, host, ssl_mode, null, false,
         true,
         coalesce((password ->> 'v')::int, 1) >= 2
    from embedd.connections where password is not null
  order by 1, 2
$$;
