-- Return the generations with due jobs, by lane; lane 'range' stands for key ranges of a first backfill. changed_at
-- tells a worker whether its description of the table is stale. Nothing is due for a disabled organization, here and in
-- the other functions that look for work.
-- The planner settings, here and wherever jobs are searched, force index scans: statistics of a queue are always out of
-- date, and an index scan costs the same whatever they say.
create or replace function embedd_internal.find_work()
returns table (generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select g.id, v.id, l.lane, g.store, v.changed_at
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
    cross join (values ('live', 1), ('backfill', 2), ('verify', 3), ('range', 4)) l (lane, place)
   where g.state <> 'dropped' and v.dropped_at is null and v.sync_status not in ('pending', 'paused')
     and case when l.lane = 'range'
         then exists (select from embedd.ranges r
                       where r.generation_id = g.id and r.run_at <= clock_timestamp()
                         and (r.leased_until is null or r.leased_until < clock_timestamp()))
         -- Search from the latest job backwards: the earliest are finished jobs whose rows VACUUM has not removed yet.
         else exists (select from (
                select from embedd.jobs j
                 where j.generation_id = g.id and j.lane = l.lane and j.state = 'queued'
                   and j.run_at <= clock_timestamp()
                   and (j.leased_until is null or j.leased_until < clock_timestamp())
                 order by j.run_at desc limit 1) due) end
   order by l.place, g.id
$$;
