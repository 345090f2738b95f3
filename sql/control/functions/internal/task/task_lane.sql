-- Return the lane in which a task of this type queues its keys.
create or replace function embedd_internal.task_lane(p_task_type text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when p_task_type in ('reconcile', 'verify') then 'verify' else 'backfill' end
$$;
