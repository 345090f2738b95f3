-- Set the status of vector tables to error if work on them is due and no worker does it: for five seconds none has
-- taken a changed row or completed an earlier one, or none has begun the comparison of a polled source. The error is
-- cleared when a worker does the work (record_sync), or when no changed row is left (settle_errors).
create or replace function embedd_internal.note_stalls() returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_before timestamptz := clock_timestamp() - interval '5 s';
  v_cure text := 'Check that a worker serves the store (%s), and what the logs of the workers say.';
begin
  perform embedd_internal.record_sync(
            v.id,
            case when d.rows then 'Changed rows have been due for more than five seconds, and no worker takes them. '
                 else 'A comparison with the source has been due for more than five seconds, and no worker begins it. '
            end || format(v_cure, g.store),
            null, d.rows)
     from embedd.vector_tables v
     join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
     join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
    cross join lateral (
      select exists (select from embedd.jobs j
                      where j.generation_id = g.id and j.lane = 'live' and j.state = 'queued' and j.run_at < v_before
                        and (j.leased_until is null or j.leased_until < clock_timestamp()))
             and not exists (select from embedd.jobs j
                              where j.generation_id = g.id and j.state = 'queued'
                                and j.leased_until > clock_timestamp()) as rows,
             v.capture_id is null and v.next_poll_at < v_before as comparison) d
    where v.sync_status = 'synced' and v.dropped_at is null and v.last_synced_at < v_before
      and (d.rows or d.comparison);
end
$$;
