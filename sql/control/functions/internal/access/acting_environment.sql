-- Return the id of this transaction's environment: from the setting embedd.environment, else the organization's prod.
create or replace function embedd_internal.acting_environment() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.resolve_environment(coalesce(nullif(current_setting('embedd.environment', true), ''), 'prod'))
$$;
