-- Return the reason of the view embedd.standstill why no worker looks for work; null if one does. GET /health/ready
-- answers with it.
create or replace function embedd_internal.standstill_reason() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select reason from embedd.standstill
$$;
