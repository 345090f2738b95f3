-- Turn events that were fetched over a connection into jobs, as ingest() does for this database. The arrays run in
-- parallel, one entry per key; p_line names the database of the events, to which several connections may lead. The
-- events are deleted in the remote database only after this transaction has committed. If the deletion fails they are
-- fetched again, which costs a read. A table that is not backfilled yet needs no jobs: its backfill reads every row
-- later.
create or replace function embedd_internal.ingest_remote(
  p_line uuid, p_captures int[], p_kinds text[], p_keys text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_longest int := embedd_internal.max_key_bytes();
begin
  perform embedd_internal.require_instance();

  perform embedd_internal.mark_dirty(array_agg(d.generation_id), array_agg(d.key), array_agg(d.count), null, 'live')
    from (
      select g.id as generation_id, e.key, count(*)
        from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
        join embedd.remote_outboxes o on o.line = p_line
        join embedd.vector_tables v on v.connection_id = o.connection_id and v.remote_capture_id = e.capture_id
                                   and v.sync_status <> 'pending' and v.dropped_at is null
        join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
       where e.kind = 'k' and octet_length(e.key) <= v_longest
       group by g.id, e.key) d
  having count(*) > 0;

  perform embedd_internal.request_reconcile(v.id)
    from embedd.vector_tables v
    join embedd.remote_outboxes o using (connection_id)
   where o.line = p_line and v.dropped_at is null
     and v.remote_capture_id in (
           select e.capture_id
             from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
            where e.kind <> 'k' or octet_length(e.key) > v_longest)
   order by v.id;
end
$$;
