-- Return how many rows of a task are done: the rows queued so far minus those that still wait. rows_processed of a
-- verification counts compared rows, which are done; in other tasks it counts queued rows.
create or replace function embedd_internal.rows_done(p_task embedd.tasks) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when p_task.status = 'running' and p_task.task_type <> 'verify'
              then greatest(
                p_task.rows_processed
                - embedd_internal.count_jobs(p_task.generation_id, embedd_internal.task_lane(p_task.task_type)), 0)
              else p_task.rows_processed end
$$;
