-- Return the oldest version of envelopes that may be opened. retire_envelopes() raises it, and nothing lowers it again.
create or replace function embedd_internal.oldest_envelope() returns int
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select oldest_version from embedd.sealing
$$;
