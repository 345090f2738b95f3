-- Turns events that were fetched over a connection into jobs, as ingest() does with those of this database: arrays run in
-- parallel, an entry for each key. They are removed there only when this has committed; if that fails they come again, which
-- costs a read. p_line: the database they are from, to which several connections may lead. A table not yet backfilled needs no jobs: its backfill reads every row later.
create or replace function embedd_internal.ingest_remote(p_line uuid, p_captures int[], p_kinds text[], p_keys text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_longest int := 2600;  -- as in ingest()
begin
  perform embedd_internal.require_instance();
  insert into embedd.jobs (generation_id, key, want, lane)
  select g.id, e.key, count(*), 'live'
    from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
    join embedd.remote_outboxes o on o.line = p_line
    join embedd.vector_tables v on v.connection_id = o.connection_id and v.remote_capture_id = e.capture_id
                               and v.sync_status <> 'pending' and v.dropped_at is null
    join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
   where e.kind = 'k' and octet_length(e.key) <= v_longest
   group by g.id, e.key order by g.id, e.key
  on conflict (generation_id, key) do update
     set want = jobs.want + excluded.want, lane = 'live', state = 'queued', attempts = 0, crashes = least(jobs.crashes, 2),
         run_at = least(jobs.run_at, excluded.run_at), error_class = null, error = null;
  perform embedd_internal.request_reconcile(v.id) from embedd.vector_tables v join embedd.remote_outboxes o using (connection_id)
    where o.line = p_line and v.dropped_at is null and v.remote_capture_id in (
            select e.capture_id from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
             where e.kind <> 'k' or octet_length(e.key) > v_longest)
    order by v.id;
end
$$;
