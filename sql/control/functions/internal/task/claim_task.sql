-- Lease the next task to a worker, in order of priority: pending tasks, and tasks whose lease has expired.
create or replace function embedd_internal.claim_task(p_worker text, p_stores text[], p_lease interval)
returns table (id text, task_type text, vector_table_id text, generation_id bigint, phase text, start_token bigint,
               last_processed_pk text, rows_processed bigint, rows_total bigint, ranged boolean)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.tasks t
     set status = 'running', worker = p_worker, leased_until = clock_timestamp() + p_lease,
         started_at = coalesce(t.started_at, clock_timestamp()),
         start_token = coalesce(t.start_token, nextval('embedd.fence')),
         ranged = coalesce(
           t.ranged, t.task_type in ('backfill', 'rebackfill') and embedd_internal.may_range(t.generation_id))
   where t.id = (
     select n.id from embedd.organizations o join embedd.tasks n on n.organization_id = o.id
       join embedd.generations g on g.id = n.generation_id
      where o.status = 'active' and n.status in ('pending', 'running') and n.run_at <= clock_timestamp()
        and g.store = any (p_stores)
        and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.priority, n.created_at limit 1 for update of n skip locked)
  returning t.id, t.task_type, t.target_id, t.generation_id, t.phase, t.start_token, t.last_processed_pk,
            t.rows_processed, t.rows_total, t.ranged
$$;
