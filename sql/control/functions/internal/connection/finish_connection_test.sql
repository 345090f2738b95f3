-- Record the result of a connection test, and return how changes over the connection are noticed. p_found is what the
-- test found in the database: `capture_line` is true if its capture line can be used. p_found is null if the test
-- failed, with the reason in p_error; then the way of capture stays. Triggers of this database are possible only on the
-- connection without a host. If the way changes, the tables are compared at once, because the next comparison may be an
-- hour away.
create or replace function embedd_internal.finish_connection_test(
  p_connection_id text, p_found jsonb, p_error text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_before text;
  v_capture text;
begin
  select c.capture,
         case when p_found is null then c.capture
              when c.host is null then 'trigger'
              when (p_found -> 'capture_line')::boolean then 'remote_trigger'
              else 'poll' end
    into v_before, v_capture
    from embedd.connections c
   where c.id = p_connection_id;

  update embedd.vector_tables set next_poll_at = now(), changed_at = now()
   where connection_id = p_connection_id and v_before <> v_capture;
  update embedd.connections
     set status = case when p_error is null then 'connected' else 'failed' end,
         capture = v_capture,
         last_error = p_error,
         last_tested_at = now()
   where id = p_connection_id;
  return v_capture;
end
$$;
