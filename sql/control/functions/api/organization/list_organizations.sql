-- Return all organizations, oldest first. The function is for the operator.
create or replace function embedd.list_organizations()
returns table (id text, name text, status text, tier text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select id, name, status, tier, created_at from embedd.organizations order by created_at, id
$$;
comment on function embedd.list_organizations() is 'Return all organizations, oldest first.';
