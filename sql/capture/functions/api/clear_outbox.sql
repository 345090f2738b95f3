-- Delete events that read_outbox() returned from the outbox. The control database calls this function over a
-- connection. The place (ctid) finds an event fast; the id confirms it, because another event may have taken the place
-- meanwhile.
create or replace function embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.check_consumer(p_installation, false);
  delete from embedd.outbox where ctid = any (p_places) and id = any (p_ids);
end
$$;
comment on function embedd.clear_outbox(uuid, tid[], bigint[]) is 'Delete events that were read, over a connection.';
