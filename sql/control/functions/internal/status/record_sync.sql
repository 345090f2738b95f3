-- Record that the sync of a table succeeded (p_error is null) or met an error that stops it, and set the status to
-- error or back.
-- A first backfill counts as synced only when it is complete, which complete_task() decides. A table whose last
-- backfill failed stays in error until another one completes, because rows may be missing; likewise after a rebackfill
-- of the vectors that answer was cancelled.
-- A table on remote triggers is in error as long as its events cannot be fetched. Any other error there may have
-- interrupted a comparison: the next one, which comes soon, clears the error (p_source_rows is given).
-- p_of_work: the error came from jobs or ranges, and it is over when none is left (settle_errors).
create or replace function embedd_internal.record_sync(
  p_vector_table_id text, p_error text, p_source_rows bigint default null, p_of_work boolean default false) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v
     set last_synced_at = case when b.error is null and last_synced_at is not null then clock_timestamp()
                               else last_synced_at end,
         last_error = case when b.error is null and b.status = 'failed' then last_error else b.error end,
         last_error_at = case when b.error is not null then clock_timestamp()
                              when b.status = 'failed' then last_error_at end,
         error_of_work = p_of_work and p_error is not null,
         source_rows = coalesce(p_source_rows, source_rows),
         next_poll_at = case when b.error is not null and remote_capture_id is not null
                             then least(next_poll_at, clock_timestamp() + interval '10 s') else next_poll_at end,
         sync_status = case
           when sync_status in ('synced', 'backfilling', 'pending_rebackfill') and b.error is not null then 'error'
           when sync_status = 'error' and b.error is null and b.status in ('pending', 'running')
             then case b.task_type when 'rebackfill' then 'pending_rebackfill' else 'backfilling' end
           when sync_status = 'error' and b.error is null and b.status in ('completed', 'cancelled') then 'synced'
           else sync_status end
    from (select t.status, t.task_type,
                 coalesce(p_error, (
                   select o.error
                     from embedd.vector_tables f
                     join embedd.remote_outboxes o using (connection_id)
                     join embedd.connections c on c.id = o.connection_id and c.capture = 'remote_trigger'
                    where f.id = p_vector_table_id and f.remote_capture_id is not null)) as error
            from embedd_internal.last_backfill(p_vector_table_id) t) b
   where id = p_vector_table_id and dropped_at is null
     and not (remote_capture_id is not null and sync_status = 'error' and p_error is null and p_source_rows is null)
$$;
