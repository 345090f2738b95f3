-- Which embedders and connections have credentials: stored, which only the service can open, named by a reference, or removed since
-- their address changed. For the doctor, of all organizations; never the credentials.
create or replace function embedd.list_credentials()
returns table (kind text, name text, organization_id text, provider text, base_url text, secret_ref text, secret_removed boolean, stored boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select 'embedder', name, organization_id, provider, base_url, secret_ref, secret_removed, credentials is not null
    from embedd.embedders where secret_ref is not null or secret_removed or credentials is not null
  union all
  select 'connection', name, organization_id, null, null, null, false, true from embedd.connections where password is not null
  order by 1, 2
$$;
