-- Queue one page of keys and record the progress of the task, in one transaction. Returns false, and queues nothing, if
-- the task no longer belongs to this worker (it was cancelled, started over, or taken by another). Rows are counted
-- once, while the source is read; keys of later phases belong to rows that the source no longer has.
create or replace function embedd_internal.checkpoint_task(
  p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint,
  p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set phase = p_phase, phase_since = case when phase = p_phase then phase_since else clock_timestamp() end,
         last_processed_pk = p_last,
         rows_processed = rows_processed + case p_phase when 'source' then cardinality(p_keys) else 0 end,
         rows_total = coalesce(p_rows_total, rows_total), leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
  returning * into v_task;
  if not found then
    return false;
  end if;

  if p_rows_total is not null then
    update embedd.vector_tables set source_rows = p_rows_total where id = v_task.target_id;
  end if;

  perform embedd_internal.enqueue_keys(v_task.generation_id, p_keys, embedd_internal.task_lane(v_task.task_type));
  return true;
end
$$;
