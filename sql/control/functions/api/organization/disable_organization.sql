-- Refuse all keys of an organization from the next request on, and suspend its sync until enable_organization().
-- Changes of its sources are kept and processed then. Returns its id.
create or replace function embedd.disable_organization(organization text) returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.set_organization_status(organization, 'disabled', 'disable_organization')
$$;
comment on function embedd.disable_organization(text) is
  'Refuse all keys of an organization at once and suspend its sync.';
