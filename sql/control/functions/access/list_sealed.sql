-- Every sealed credential with its place, of all organizations: for rotation, by an operator who holds the keys.
create or replace function embedd.list_sealed()
returns table (kind text, id text, organization_id text, envelope jsonb, form text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select 'connections', id, organization_id, password, 'password' from embedd.connections where password is not null
  union all
  select 'embedders', public_id, organization_id, credentials, credentials_form from embedd.embedders where credentials is not null
  order by 1, 2
$$;
