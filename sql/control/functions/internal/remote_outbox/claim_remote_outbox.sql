-- Lease a remote outbox that no worker fetches, and return its connection; null if there is none. p_except lists
-- connections to skip.
create or replace function embedd_internal.claim_remote_outbox(p_worker text, p_lease interval, p_except text[])
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_connection text;
begin
  perform embedd_internal.require_instance();
  update embedd.remote_outboxes o set worker = p_worker, leased_until = clock_timestamp() + p_lease
   where o.connection_id = (
     select f.connection_id from embedd_internal.free_outboxes() f where f.connection_id <> all (p_except) limit 1)
     and (o.leased_until is null or o.leased_until < clock_timestamp())
  returning o.connection_id into v_connection;
  return v_connection;
end
$$;
