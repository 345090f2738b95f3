-- Record the result of a connection test. p_error is null if the test succeeded; p_capture then says how changes are
-- noticed. Triggers of this database are possible only on the connection without a host. If p_capture differs from
-- before, the tables are compared at once, because the next comparison may be an hour away.
create or replace function embedd_internal.record_connection_test(
  p_connection_id text, p_capture text, p_error text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v set next_poll_at = now(), changed_at = now()
    from embedd.connections c where c.id = p_connection_id and v.connection_id = c.id and c.capture <> p_capture;
  update embedd.connections
     set status = case when p_error is null then 'connected' else 'failed' end,
         capture = case when host is not null and p_capture = 'trigger' then 'poll'
                        else coalesce(p_capture, capture) end,
         last_error = p_error,
         last_tested_at = now()
   where id = p_connection_id
$$;
