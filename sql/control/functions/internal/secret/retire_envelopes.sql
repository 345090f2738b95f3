-- Stop accepting envelopes that are not bound to an address, once none is left; return whether that is done.
create or replace function embedd_internal.retire_envelopes() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  -- No program that this schema serves makes such envelopes any more.
  update embedd.sealing set oldest_version = 2
   where not exists (select from embedd_internal.list_envelopes() s where coalesce((s.envelope ->> 'v')::int, 1) < 2);
  return found;
end
$$;
