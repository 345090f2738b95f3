-- Record the position of the fence (once a minute), and return the token below which tombstones can be removed: they
-- are older than an hour and than any attempt in progress. Return null while nothing is that old.
create or replace function embedd_internal.prunable_token() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old bigint;
begin
  perform embedd_internal.require_instance();
  insert into embedd.fence_marks (fence)
  select last_value from embedd.fence
   where not exists (select from embedd.fence_marks where at > clock_timestamp() - interval '1 minute');

  delete from embedd.fence_marks where at < clock_timestamp() - interval '2 hours';
  select max(fence) into v_old from embedd.fence_marks where at < clock_timestamp() - interval '1 hour';

  -- least() ignores nulls, so the first hour needs this case.
  return case when v_old is not null
              then least(v_old, (select min(token) from embedd.jobs where leased_until is not null),
                              (select min(token) from embedd.ranges where token > 0)) end;
end
$$;
