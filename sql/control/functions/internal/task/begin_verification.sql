-- Return what a worker needs to know about a verification it claimed: its options, and the keys before the checkpoint
-- that must be looked at again. The search for orphans starts over after an interruption, so the count of orphans is
-- reset, unless they were repaired. No row if another generation answers queries by now: the task is cancelled.
create or replace function embedd_internal.begin_verification(p_task text)
returns table (repair boolean, sweep boolean, waiting_keys text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.tasks t set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
   where t.id = p_task
     and not exists (select from embedd.generations g where g.id = t.generation_id and g.state = 'active');
  if found then
    return;
  end if;
  return query
  update embedd.verifications s
     set orphaned = case when s.repair then s.orphaned else 0 end,
         examples = case when s.repair then s.examples else s.examples - 'orphaned' end
   where s.task_id = p_task
  returning s.repair, s.sweep, s.waiting_keys;
end
$$;
