-- Check whether this database still owns its stores. A worker calls this function at its start, every minute, and after
-- a refused claim. The first call registers the database as the owner of its stores. After a failover, a restored
-- backup or a sequence that was set back, tokens continue above every token ever drawn, and all rows are compared. A
-- copy only shows the problem as an error of its vector tables. p_seen is a token that the worker has found in a store.
create or replace function embedd_internal.check_instance(p_seen bigint default 0) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text := embedd_internal.instance_state();
  v_now record;
begin
  if v_state = 'standby' then
    return v_state;
  end if;

  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  update embedd.instance set fence_high = p_seen where fence_high < p_seen;
  v_state := embedd_internal.instance_state();
  if v_state = 'foreign' then
    perform embedd_internal.record_sync(v.id, embedd_internal.instance_message(v_state)) from embedd.vector_tables v
      where v.last_error is distinct from embedd_internal.instance_message(v_state)
        and v.sync_status not in ('pending', 'paused');
    return v_state;
  elsif v_state = 'moved' then
    perform embedd_internal.restart_ledger(embedd_internal.instance_message(v_state));
  end if;

  v_now := embedd_internal.read_identity();
  insert into embedd.instance (system_identifier, timeline, database_oid, table_oid, fence_high)
  select v_now.system_identifier, v_now.timeline, v_now.database_oid, v_now.table_oid, last_value from embedd.fence
  on conflict (only_row) do update
     set system_identifier = coalesce(excluded.system_identifier, instance.system_identifier),
         timeline = coalesce(excluded.timeline, instance.timeline),
         fence_high = excluded.fence_high, checked_at = clock_timestamp();
  return v_state;
end
$$;
