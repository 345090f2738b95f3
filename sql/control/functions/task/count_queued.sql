-- Jobs a task has queued that are not done.
create or replace function embedd.count_queued(p_generation_id bigint, p_task_type text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) from embedd.jobs
   where generation_id = p_generation_id and state = 'queued'
     and lane = case p_task_type when 'reconcile' then 'verify' else 'backfill' end
$$;
