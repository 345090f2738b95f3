-- Return why no worker looks for work, as the view embedd.standstill says; null if one does. The REST API answers
-- whether the system is ready with it.
create or replace function embedd_internal.standstill_reason() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select reason from embedd.standstill
$$;
