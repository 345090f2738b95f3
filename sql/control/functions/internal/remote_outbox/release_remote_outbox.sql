-- Stop fetching a remote outbox; another worker may start after p_delay. With an error all tables on it show the error,
-- and they are polled until events can be fetched again.
create or replace function embedd_internal.release_remote_outbox(
  p_connection_id text, p_worker text, p_error text, p_delay interval) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.remote_outboxes
     set leased_until = clock_timestamp() + p_delay, worker = null, error = coalesce(p_error, error)
   where connection_id = p_connection_id and worker = p_worker;
  if found and p_error is not null then
    perform embedd_internal.record_sync(id, p_error) from embedd.vector_tables
      where connection_id = p_connection_id and remote_capture_id is not null and dropped_at is null;
  end if;
end
$$;
