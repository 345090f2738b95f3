-- Return whether a table of the ledger has so many rows that a status query must sample them instead of counting all.
-- Uses the statistics that each commit updates; if they were lost, all rows are counted.
create or replace function embedd_internal.is_large(p_table regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pg_stat_get_live_tuples(p_table) > 100000
$$;
