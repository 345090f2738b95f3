-- Gives a task back to go on later. With an error it counts as an attempt; after the last one the task has failed
-- and its table shows the error.
create or replace function embedd.release_task(p_task text, p_worker text, p_error text, p_delay interval) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay, last_error = coalesce(p_error, last_error),
         attempts = attempts + (p_error is not null)::int,
         status = case when p_error is not null and attempts + 1 >= max_attempts then 'failed' else status end,
         finished_at = case when p_error is not null and attempts + 1 >= max_attempts then clock_timestamp() end
   where id = p_task and worker = p_worker and status = 'running'
  returning * into v_task;
  if found and p_error is not null then
    perform embedd.record_sync(v_task.target_id, p_error);
  end if;
end
$$;
