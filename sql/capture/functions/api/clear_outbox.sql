-- Called over a connection: takes the events that read_outbox() gave out of the outbox. By place, which is quick, and by id,
-- because a place may have been given to another event meanwhile.
create or replace function embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.check_consumer(p_installation, false);
  delete from embedd.outbox where ctid = any (p_places) and id = any (p_ids);
end
$$;
comment on function embedd.clear_outbox(uuid, tid[], bigint[]) is 'Called over a connection: removes events that were read.';
