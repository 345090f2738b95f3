-- Return the largest size of a key, in bytes, that always fits the index of jobs. A longer key must not stop ingest for
-- all tables, so its table is reconciled instead: only that task fails then, and its error shows.
create or replace function embedd_internal.max_key_bytes() returns int
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select 2600
$$;
