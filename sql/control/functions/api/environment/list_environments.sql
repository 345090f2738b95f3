-- Return the environments of the organization, oldest first, after the given position.
create or replace function embedd.list_environments(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, name text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, created_at from embedd.environments
   where organization_id = embedd_internal.acting_organization() and (created_at, id) > (after_created_at, after_id)
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_environments(int, timestamptz, text) is
  'Return environments of the organization, oldest first.';
