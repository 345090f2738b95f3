-- What a test found. p_error null: it worked, and p_capture says how changes will be noticed: by triggers of this database only
-- over the connection that has no host. Where that is otherwise than before, tables are compared at once, for the next comparison may
-- be an hour away.
create or replace function embedd_internal.record_connection_test(p_connection_id text, p_capture text, p_error text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v set next_poll_at = now(), changed_at = now()
    from embedd.connections c where c.id = p_connection_id and v.connection_id = c.id and c.capture <> p_capture;
  update embedd.connections
     set status = case when p_error is null then 'connected' else 'failed' end,
         capture = case when host is not null and p_capture = 'trigger' then 'poll' else coalesce(p_capture, capture) end, last_error = p_error, last_tested_at = now()
   where id = p_connection_id
$$;
