-- Lock a range for the transaction that writes its rows. Returns false if another worker has the range by now or it is
-- no longer wanted; then nothing may be written.
create or replace function embedd_internal.hold_range(p_range bigint, p_token bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set row_security = on
as $$
begin
  perform from embedd.ranges where id = p_range and token = p_token for update;
  return found;
end
$$;
