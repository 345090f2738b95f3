-- A table's sync went well (p_error null) or met something that stops it. The status follows: error and back.
-- A first backfill counts as synced only when it is complete, which complete_task() says.
-- A table whose last backfill failed stays in error until another one completes: rows may be missing.
create or replace function embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint default null) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v
     set last_synced_at = case when p_error is null and last_synced_at is not null then clock_timestamp() else last_synced_at end,
         last_error = case when p_error is null and b.status = 'failed' then last_error else p_error end,
         last_error_at = case when p_error is not null then clock_timestamp() when b.status = 'failed' then last_error_at end,
         source_rows = coalesce(p_source_rows, source_rows),
         sync_status = case
           when sync_status in ('synced', 'backfilling', 'pending_rebackfill') and p_error is not null then 'error'
           when sync_status = 'error' and p_error is null and b.status in ('pending', 'running')
             then case b.task_type when 'rebackfill' then 'pending_rebackfill' else 'backfilling' end
           when sync_status = 'error' and p_error is null and b.status in ('completed', 'cancelled') then 'synced'
           else sync_status end
    from (select max(t.status) as status, max(t.task_type) as task_type
            from (select status, task_type from embedd.tasks
                   where target_id = p_vector_table_id and task_type in ('backfill', 'rebackfill') order by created_at desc limit 1) t) b
   where id = p_vector_table_id and dropped_at is null
$$;
