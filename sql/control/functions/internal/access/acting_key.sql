-- Return the id of the API key that this transaction acts with, from the setting embedd.key; null in psql, where no key
-- is needed.
create or replace function embedd_internal.acting_key() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('embedd.key', true), '')
$$;
