-- Refuses all keys of an organization from the next request on, and lets its work rest, until enable_organization():
-- changes of its sources are kept and caught up with then. Returns its id.
create or replace function embedd.disable_organization(organization text) returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.set_organization_status(organization, 'disabled', 'disable_organization')
$$;
comment on function embedd.disable_organization(text) is
  'Refuses all keys of an organization at once and lets its sync rest.';
