-- Record the result of a capture check for all vector tables on a capture, across all organizations: an error, or a
-- notice that the fault was repaired, with a comparison of all rows.
create or replace function embedd_internal.note_capture(p_capture_id int, p_message text, p_error boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if p_error then
    perform embedd_internal.record_sync(id, p_message) from embedd.vector_tables where capture_id = p_capture_id;
  else
    perform embedd_internal.add_notice(id, p_message), embedd_internal.request_reconcile(id)
       from embedd.vector_tables
      where capture_id = p_capture_id;
    perform pg_notify('embedd', '');
  end if;
end
$$;
