-- Return the organization of this transaction, from the setting embedd.organization, which the gateway sets before each
-- call. In psql the default is the self-hosted organization.
create or replace function embedd_internal.acting_organization() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('embedd.organization', true), ''), 'org_self_hosted')
$$;
