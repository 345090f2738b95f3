-- Jobs and ranges a task has queued that are not done.
create or replace function embedd.count_queued(p_generation_id bigint, p_task_type text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select (select count(*) from embedd.jobs
           where generation_id = p_generation_id and state = 'queued'
             and lane = case when p_task_type in ('reconcile', 'verify') then 'verify' else 'backfill' end)
       + (select count(*) from embedd.ranges where generation_id = p_generation_id and p_task_type in ('backfill', 'rebackfill'))
$$;
