-- Return vector tables whose source must be counted now: tables that wait for their first backfill, and tables where
-- the tier leaves out rows, of which the ledger knows nothing. For all other tables the ledger, or the comparison of a
-- polled source, knows the number of rows.
create or replace function embedd_internal.due_counts() returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select v.id
    from embedd.vector_tables v join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
   where v.dropped_at is null and v.uncounted_since is not null and v.next_count_at <= clock_timestamp()
     and (v.sync_status = 'pending' or v.capture_id is not null or v.remote_capture_id is not null)
     and (v.sync_status = 'pending' or v.rows_beyond_tier <> 0 or embedd_internal.is_metered(v.id))
$$;
