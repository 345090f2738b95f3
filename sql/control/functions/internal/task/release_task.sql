-- Give a task back to continue later. p_burn: the error counts as an attempt, and after the last attempt the task has
-- failed; an outage does not count. The table shows the error in both cases. A failed rebackfill leaves the
-- configuration in place that still answers queries.
create or replace function embedd_internal.release_task(
  p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean default true)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay,
         last_error = coalesce(p_error, last_error),
         attempts = attempts + (p_error is not null and p_burn)::int,
         status = case when p_error is not null and p_burn and attempts + 1 >= max_attempts then 'failed'
                       else status end,
         finished_at = case when p_error is not null and p_burn and attempts + 1 >= max_attempts
                            then clock_timestamp() end
   where id = p_task and worker = p_worker and status = 'running'
  returning * into v_task;
  if found and p_error is not null and v_task.task_type <> 'verify' then
    perform embedd_internal.record_sync(v_task.target_id, p_error);
  end if;

  if v_task.status = 'failed' and exists (
       select from embedd.generations where id = v_task.generation_id and state = 'building') then
    perform embedd_internal.abandon_generation(v_task.target_id);
  end if;
end
$$;
