-- Forward to finish_connection_test() for programs of 0.1.0 and 0.2.0, which name the way of capture themselves.
create or replace function embedd_internal.record_connection_test(
  p_connection_id text, p_capture text, p_error text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.finish_connection_test(
    p_connection_id,
    case when p_capture is not null then jsonb_build_object('capture_line', p_capture = 'remote_trigger') end,
    p_error)
$$;
