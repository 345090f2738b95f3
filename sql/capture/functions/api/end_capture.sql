-- Called over a connection: the changes of a table are no longer written to the outbox. With its last capture the installation
-- leaves the place to whoever comes next. Doing it twice changes nothing.
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
comment on function embedd.end_capture(uuid, int) is 'Called over a connection: removes the triggers of a capture.';
