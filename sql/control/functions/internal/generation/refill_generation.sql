-- Prepare to write all rows of a generation again, because its physical store was lost and has been created empty.
-- Return how many rows are lost; 0 for a store that nothing was written to.
-- Forget the recorded states. Attempts in progress may have written to the old store: their jobs get another token, so
-- that what they acknowledge does not count and the next claim asks the store. A backfill writes the rows; one in
-- progress starts again. Queries must wait until it is complete.
create or replace function embedd_internal.refill_generation(p_generation_id bigint) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := (select vector_table_id from embedd.generations where id = p_generation_id);
  v_state text;
  v_token bigint := nextval('embedd.fence');
  v_lost bigint;
begin
  perform from embedd.vector_tables where id = v_table for no key update;
  perform from embedd.jobs where generation_id = p_generation_id order by key for update;
  update embedd.jobs
     set token = v_token, leased_until = null, worker = null
   where generation_id = p_generation_id and leased_until is not null;

  delete from embedd.row_states where generation_id = p_generation_id;
  get diagnostics v_lost = row_count;
  if v_lost = 0 then
    return 0;
  end if;

  delete from embedd.ranges where generation_id = p_generation_id;
  update embedd.generations
     set refilling = state = 'active'
   where id = p_generation_id and state <> 'draining'
  returning state into v_state;
  if v_state is null then
    return v_lost;
  end if;

  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v.organization_id, case v_state when 'building' then 'rebackfill' else 'backfill' end, v.id, p_generation_id
    from embedd.vector_tables v where v.id = v_table
  on conflict (generation_id, (task_type = 'reconcile'))
    where status in ('pending', 'running') and task_type <> 'verify'
  do update set phase = 'source', start_token = null, last_processed_pk = null, rows_processed = 0, ranged = null,
                leased_until = null, worker = null, run_at = now();

  update embedd.vector_tables set sync_status = 'backfilling', changed_at = now()
   where id = v_table and v_state = 'active' and sync_status in ('synced', 'error');
  perform pg_notify('embedd', '');
  return v_lost;
end
$$;
