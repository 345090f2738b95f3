-- Start the sweep of the vector table that has waited longest for one, if any is due: each is compared once per
-- p_interval (0: never). Only one sweep runs at a time, so that sweeps spread over the day and take a small share of
-- the work. A table with another task waits, and a table that could not be compared is not retried at once. Returns the
-- id of the task, or null.
create or replace function embedd_internal.request_sweep(p_stores text[], p_interval interval) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  if p_interval <= interval '0' or not pg_try_advisory_xact_lock(hashtextextended('embedd.sweep', 0)) then
    return null;
  end if;

  if exists (
       select from embedd.verifications s
         join embedd.tasks t on t.id = s.task_id
         join embedd.generations g on g.id = t.generation_id
         join embedd.organizations o on o.id = t.organization_id and o.status = 'active'
        where s.sweep and t.status in ('pending', 'running') and g.store = any (p_stores)) then
    return null;
  end if;

  select v.id into v_id
    from embedd.vector_tables v
    join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
    join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
    cross join lateral (
      select coalesce(max(t.finished_at) filter (where t.status = 'completed'), v.created_at) as compared_at,
             max(t.finished_at) as tried_at
        from embedd.tasks t where t.target_id = v.id and t.task_type = 'verify') last
   where v.dropped_at is null and v.sync_status in ('synced', 'error') and v.last_synced_at is not null
     and g.store = any (p_stores)
     and last.compared_at + p_interval <= clock_timestamp()
     and (last.tried_at is null or last.tried_at + p_interval / 24 <= clock_timestamp())
     and not exists (select from embedd.tasks t where t.target_id = v.id and t.status in ('pending', 'running'))
   order by last.compared_at limit 1;
  return case when v_id is not null then embedd_internal.start_verification(v_id, true, true) end;
end
$$;
