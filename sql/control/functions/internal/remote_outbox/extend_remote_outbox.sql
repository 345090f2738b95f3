-- Extend the lease of a remote outbox after a successful fetch. Returns false if the worker must stop: another worker
-- fetches the outbox, or no table is left. If fetching failed before, tables that show an error are compared at once,
-- which clears it; this covers all connections to the same database.
create or replace function embedd_internal.extend_remote_outbox(
  p_connection_id text, p_worker text, p_lease interval) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_line uuid;
  v_failed text[];
begin
  perform embedd_internal.require_instance();
  update embedd.remote_outboxes o set leased_until = clock_timestamp() + p_lease
   where o.connection_id = p_connection_id and o.worker = p_worker
     and exists (select from embedd.vector_tables v join embedd.connections c on c.id = v.connection_id
                  where c.id = o.connection_id and c.capture = 'remote_trigger'
                    and v.remote_capture_id is not null and v.dropped_at is null)
  returning o.line into v_line;
  if not found then
    return false;
  end if;

  with recovered as (
    update embedd.remote_outboxes set error = null where line = v_line and error is not null returning connection_id
  )
  select array_agg(connection_id) into v_failed from recovered;
  update embedd.vector_tables set next_poll_at = clock_timestamp()
   where connection_id = any (v_failed) and remote_capture_id is not null and sync_status = 'error';
  return true;
end
$$;
