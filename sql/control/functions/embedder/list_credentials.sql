-- Which embedders and connections have credentials: stored, which only the service can open, or named by a reference. For the
-- doctor, of all organizations; never the credentials.
create or replace function embedd.list_credentials() returns table (kind text, name text, secret_ref text, stored boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select 'embedder', name, secret_ref, credentials is not null from embedd.embedders where secret_ref is not null or credentials is not null
  union all
  select 'connection', name, null, true from embedd.connections where password is not null
  order by 1, 2
$$;
