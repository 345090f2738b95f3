-- Why no worker follows the vector tables of the acting organization, whatever state they were left in: they are shown as paused
-- then. Null while workers do. The view embedd.status says the same of all organizations.
create or replace function embedd_internal.resting_reason() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select 'The organization is disabled, so its sync rests until it is enabled again.'
   where exists (select from embedd.organizations where id = embedd_internal.acting_organization() and status = 'disabled')
$$;
