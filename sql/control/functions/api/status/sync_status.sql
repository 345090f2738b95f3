-- Return how far the sync of a vector table is, or of each one in the environment, oldest first. rows_pending counts changes that are not in the store yet. synced_rows
-- counts rows that the store holds, in their current or an earlier version. Both are exact, but above 100,000 waiting
-- changes rows_pending is an estimate. While a new generation is built, that generation is counted. The tables of a
-- disabled organization are shown as paused, with the reason in last_error. While no worker looks for work it is
-- unknown whether a table is synced, so it is shown as error, with the reason (embedd.standstill) in last_error.
-- total_rows is the number of source rows as workers know it, because only workers read the source. For a polled source
-- it is the number of rows in the last comparison; otherwise it is the number of rows that the ledger knows plus those
-- beyond the tier. Until a table is filled it is the latest count by a worker, and null before the first count.
create or replace function embedd.sync_status(vector_table text default null)
returns table (vector_table_id text, sync_status text, synced_rows bigint, total_rows bigint,
               last_synced_at timestamptz, rows_pending bigint, staleness_secs bigint, dead_rows bigint,
               skipped_rows bigint, last_error text, last_error_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when sync_status.vector_table is not null
                    then embedd_internal.resolve_vector_table(sync_status.vector_table) end;
  v_environment text := embedd_internal.acting_environment();
begin
  return query
  with v as (
    select v.*, g.id as generation_id, r.reason,
           case when v.sync_status not in ('pending', 'paused') and r.reason is null then s.reason end as standstill,
           coalesce(s.since, v.last_error_at) as shown_error_at,
           case when r.reason is not null then 'paused'
                when s.reason is not null and v.sync_status = 'synced' then 'error'
                else v.sync_status end as shown_status
      from embedd.vector_tables v
      cross join (select embedd_internal.resting_reason() as reason) r
      left join embedd.standstill s on true
      cross join lateral (
        select g.id from embedd.generations g where g.vector_table_id = v.id and g.state in ('active', 'building')
         order by g.state = 'building' desc limit 1) g
     where v.id = v_id or v_id is null and v.environment_id = v_environment and v.dropped_at is null
  ), counted as (
    select v.generation_id, s.synced, s.skipped,
           embedd_internal.count_waiting(v.generation_id) as queued,
           embedd_internal.count_dead(v.generation_id) as dead,
           case when v.sync_status <> 'pending' then embedd_internal.count_outbox(v.capture_id) else 0 end as noted,
           s.not_held + v.rows_beyond_tier as not_held,
           v.remote_capture_id is not null and embedd_internal.is_fetched(v.connection_id) as fetched
      from v cross join embedd_internal.count_states(v.generation_id) s
  ), totals as (
    select case when v.sync_status = 'pending' or v.capture_id is null and v.remote_capture_id is null
                then v.source_rows
                when v.last_synced_at is null or v.sync_status in ('backfilling', 'pending_rebackfill')
                then greatest(v.source_rows, c.synced + c.not_held)
                else c.synced + c.not_held end as total, generation_id
      from v join counted c using (generation_id)
  )
  select v.id, v.shown_status, c.synced, t.total, v.last_synced_at,
         case when v.sync_status in ('pending', 'backfilling', 'pending_rebackfill')
              then greatest(t.total - c.synced - c.dead, c.queued + c.noted) else c.queued + c.noted end,
         case when v.shown_status = 'synced' and c.queued + c.noted = 0 and (v.capture_id is not null or c.fetched)
              then 0
              else extract(epoch from clock_timestamp() - v.last_synced_at)::bigint end,
         c.dead, c.skipped,
         nullif(concat_ws(' Before: ', v.reason, v.standstill, v.last_error), ''),
         case when v.standstill is null then v.last_error_at else v.shown_error_at end
    from v join counted c using (generation_id) join totals t using (generation_id)
   order by v.created_at, v.id;
end
$$;
comment on function embedd.sync_status(text) is
  'Return status, counts and last error of the sync, per vector table.';
