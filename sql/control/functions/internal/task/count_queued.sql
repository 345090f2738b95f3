-- Return how many jobs and ranges that a task has queued are not done. A row that changed has its job in the live lane.
-- Where no attempt has processed such a row since the task began, the task waits for that job too, so that at its end
-- every row is at least as new as the start of its last phases.
create or replace function embedd_internal.count_queued(p_generation_id bigint, p_task_type text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select embedd_internal.count_jobs(p_generation_id, embedd_internal.task_lane(p_task_type))
       + (select count(*) from embedd.ranges
           where generation_id = p_generation_id and p_task_type in ('backfill', 'rebackfill'))
       + (select count(*) from embedd.jobs j
            join embedd.tasks t on t.generation_id = j.generation_id
                               and t.task_type = p_task_type and t.status = 'running'
                               and t.task_type in ('backfill', 'rebackfill') and t.phase in ('settle', 'finish')
                               and j.dirty_since <= t.phase_since
           where j.generation_id = p_generation_id and j.state = 'queued' and j.lane = 'live'
             and not exists (select from embedd.row_states s where s.generation_id = j.generation_id and s.key = j.key
                                and s.checked >= t.start_token))
$$;
