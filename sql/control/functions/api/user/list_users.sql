-- Return the users of the organization, oldest first.
create or replace function embedd.list_users()
returns table (id uuid, org_id text, name text, role text, created_at timestamptz, disabled_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, role, created_at, disabled_at from embedd.users
   where organization_id = embedd_internal.acting_organization() order by created_at, name
$$;
comment on function embedd.list_users() is 'Return users of the organization, oldest first.';
