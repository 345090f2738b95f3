-- Return the time of the oldest change in the outbox; for a large outbox the oldest of a sample. Null if the outbox is
-- empty.
create or replace function embedd_internal.oldest_event() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_share real := embedd_internal.sample_share('embedd.outbox');
begin
  if not embedd_internal.is_large('embedd.outbox') then
    return (select min(at) from embedd.outbox);
  end if;
  return (select min(at) from embedd.outbox tablesample system (v_share));
end
$$;
