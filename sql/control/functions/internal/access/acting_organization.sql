-- Who acts stands in transaction settings that the gateway sets; psql users are the self-hosted organization.
create or replace function embedd_internal.acting_organization() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('embedd.organization', true), ''), 'org_self_hosted')
$$;
