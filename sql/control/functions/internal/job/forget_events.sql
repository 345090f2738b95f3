-- Delete the events of a capture that no longer exists from the outbox, except those that a running ingest holds.
create or replace function embedd_internal.forget_events(p_capture_id int) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.outbox
   where ctid = any (array(select ctid from embedd.outbox where capture_id = p_capture_id for update skip locked))
     and not exists (select from embedd.captures where id = p_capture_id)
$$;
