-- A table's sync went well (p_error null) or met something that stops it. The status follows: error and back.
-- Status and time are written only when they say something new, so a busy table does not write this row per batch.
create or replace function embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint default null) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v
     set last_synced_at = case when p_error is null then clock_timestamp() else last_synced_at end,
         last_error = p_error,
         last_error_at = case when p_error is not null then clock_timestamp() end,
         source_rows = coalesce(p_source_rows, source_rows),
         sync_status = case
           when sync_status in ('synced', 'backfilling') and p_error is not null then 'error'
           when sync_status = 'error' and p_error is null and exists (
             select from embedd.tasks t where t.target_id = v.id and t.task_type = 'backfill' and t.status in ('pending', 'running'))
             then 'backfilling'
           when sync_status = 'error' and p_error is null then 'synced'
           else sync_status end
   where id = p_vector_table_id and dropped_at is null
$$;
