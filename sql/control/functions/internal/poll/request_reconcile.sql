-- Request that every present and every known key of a vector table be checked again. A running reconcile starts over,
-- because it may have passed rows that changed unnoticed since.
create or replace function embedd_internal.request_reconcile(p_vector_table_id text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id, priority)
  select v.organization_id, 'reconcile', v.id, g.id, 2
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
   where v.id = p_vector_table_id and v.sync_status <> 'pending'
  on conflict (generation_id, (task_type = 'reconcile'))
    where status in ('pending', 'running') and task_type <> 'verify'
  do update set phase = 'source', start_token = null, last_processed_pk = null, rows_processed = 0,
                leased_until = null, worker = null, run_at = now()
$$;
