-- Remove the triggers and the events of a capture. The control database calls this function over a connection. When no
-- capture is left, the installation gives up its claim to the events of this database. A second call changes nothing.
create or replace function embedd.end_capture(p_installation uuid, p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from embedd.captures where id = p_capture_id) then
    return;
  end if;
  perform embedd_internal.check_consumer(p_installation, false);
  perform embedd_internal.remove_capture(p_capture_id);
  delete from embedd.outbox where capture_id = p_capture_id;
  delete from embedd.consumer where not exists (select from embedd.captures);
end
$$;
comment on function embedd.end_capture(uuid, int) is 'Remove the triggers and events of a capture, over a connection.';
