-- Complete a task after everything it queued was processed. A task that was started over meanwhile is not in its last
-- phase and stays. A backfilled table becomes synced, and the error of a reconciled table is cleared.
create or replace function embedd_internal.complete_task(p_task text, p_worker text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set status = 'completed', finished_at = clock_timestamp(), leased_until = null, last_error = null
   where id = p_task and worker = p_worker and status = 'running' and phase = 'finish'
  returning * into v_task;
  if v_task.task_type in ('backfill', 'rebackfill') then
    update embedd.generations set refilling = false where id = v_task.generation_id and refilling;
  end if;

  if v_task.task_type in ('backfill', 'rebackfill') and embedd_internal.is_metered(v_task.target_id) then
    update embedd.vector_tables
       set rows_beyond_tier = greatest(source_rows - embedd_internal.count_known(v_task.generation_id), 0)
     where id = v_task.target_id;
  end if;

  if v_task.task_type = 'backfill' then
    update embedd.vector_tables
       set sync_status = 'synced', last_synced_at = clock_timestamp(), last_error = null, last_error_at = null
     where id = v_task.target_id and sync_status in ('backfilling', 'error');
  elsif v_task.task_type = 'rebackfill' then
    -- Switch: from the next statement on the new generation answers queries. The old one is kept up to date for a
    -- moment more, for queries that are still running.
    if exists (select from embedd.generations where id = v_task.generation_id and state = 'building') then
      update embedd.generations set state = 'draining', retired_at = clock_timestamp()
       where vector_table_id = v_task.target_id and state = 'active';
      update embedd.generations set state = 'active' where id = v_task.generation_id;
    end if;
    update embedd.vector_tables
       set sync_status = 'synced', last_synced_at = clock_timestamp(), last_error = null, last_error_at = null,
           changed_at = now()
     where id = v_task.target_id and sync_status in ('pending_rebackfill', 'error');
  elsif v_task.task_type = 'reconcile' then
    perform embedd_internal.record_sync(v_task.target_id, null);
  end if;
end
$$;
