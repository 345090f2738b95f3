-- The generations with jobs that are due, by lane. changed_at tells a worker whether what it knows of the table is stale.
create or replace function embedd.find_work()
returns table (generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select g.id, v.id, l.lane, g.store, v.changed_at
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    cross join (values ('live', 1), ('backfill', 2), ('verify', 3)) l (lane, place)
   where g.state <> 'dropped' and v.dropped_at is null and v.sync_status not in ('pending', 'paused')
     and exists (select from embedd.jobs j
                  where j.generation_id = g.id and j.lane = l.lane and j.state = 'queued'
                    and j.run_at <= clock_timestamp()
                    and (j.leased_until is null or j.leased_until < clock_timestamp()))
   order by l.place, g.id
$$;
