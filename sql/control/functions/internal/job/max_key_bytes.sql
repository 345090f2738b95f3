-- The longest key, in bytes, that surely fits the index of jobs. A longer one must not stop everybody's ingest, so its
-- table is reconciled instead: what does not fit then stops that task alone, and shows.
create or replace function embedd_internal.max_key_bytes() returns int
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select 2600
$$;
