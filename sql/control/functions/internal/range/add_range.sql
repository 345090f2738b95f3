-- Add the next range of a task and move the checkpoint of the task, in one transaction. Returns false, and adds
-- nothing, if the task no longer belongs to this worker.
create or replace function embedd_internal.add_range(
  p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks set last_processed_pk = p_last, leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
  returning * into v_task;
  if found then
    insert into embedd.ranges (generation_id, task_id, after_key, last_key)
    values (v_task.generation_id, p_task, p_after, p_last);
  end if;
  return found;
end
$$;
