-- Accept the keys of a disabled organization again; its sync catches up. Returns its id.
create or replace function embedd.enable_organization(organization text) returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.set_organization_status(organization, 'active', 'enable_organization')
$$;
comment on function embedd.enable_organization(text) is
  'Accept the keys of a disabled organization again; its sync catches up.';
