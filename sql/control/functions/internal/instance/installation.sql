-- Return the id by which remote databases know this installation, which takes their events; null before its first
-- worker.
create or replace function embedd_internal.installation() returns uuid
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select uid from embedd.instance
$$;
