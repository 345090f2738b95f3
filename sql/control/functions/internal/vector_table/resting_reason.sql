-- Return why no worker follows the vector tables of the acting organization; null if workers do. Otherwise the tables
-- are shown as paused, whatever their stored status. The view embedd.status shows the same for all organizations.
create or replace function embedd_internal.resting_reason() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select 'The organization is disabled, so its sync is paused until it is enabled again.'
   where exists (select from embedd.organizations
                  where id = embedd_internal.acting_organization() and status = 'disabled')
$$;
