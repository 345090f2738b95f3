-- This copy gives up the stores of the database it was copied from and gets empty ones of its own, under names nobody else
-- uses; the old ones are left as they are. Each vector table starts anew, with a backfill. Returns how many there are.
create or replace function embedd.detach() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now record;
  v_suffix text;
  v_count bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if embedd.instance_state() <> 'foreign' then
    raise exception using errcode = 'EBX02', message = 'This database owns its stores; there is nothing to detach from.',
      hint = 'Detach the copy, not the original.';
  end if;
  v_now := embedd.read_identity();
  update embedd.instance
     set uid = gen_random_uuid(), detached = true, system_identifier = v_now.system_identifier, timeline = v_now.timeline,
         database_oid = v_now.database_oid, table_oid = v_now.table_oid, rivalled = false, rival = null, fence_high = (select last_value from embedd.fence)
  returning '_' || left(uid::text, 6) into v_suffix;

  update embedd.tasks set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null where status in ('pending', 'running');
  perform embedd.abandon_generation(vector_table_id) from embedd.generations where state = 'building';
  delete from embedd.generations where state <> 'active';
  delete from embedd.vector_tables where dropped_at is not null;
  delete from embedd.ranges;
  delete from embedd.jobs;
  delete from embedd.row_states;
  delete from embedd.unread_stores;
  update embedd.generations set store_table = left(store_table, case chunking ->> 'strategy' when 'none' then 56 else 47 end) || v_suffix, refilling = false, suspect_before = 0;
  -- Triggers in other databases are the original's, too.
  delete from embedd.remote_outboxes;
  update embedd.connections set capture = 'poll' where capture = 'remote_trigger';
  update embedd.vector_tables
     set remote_capture_id = null, sync_status = 'pending', last_synced_at = null, last_error = null, last_error_at = null, changed_at = clock_timestamp();
  get diagnostics v_count = row_count;
  perform embedd.add_notice(null, 'This database was detached from the stores of the one it was copied from.');
  return v_count;
end
$$;
comment on function embedd.detach() is 'Gives a copied database empty vector stores of its own; backfill each vector table next.';
