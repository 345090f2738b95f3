-- Extend the lease of a range; return false if the range no longer belongs to this worker.
create or replace function embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.ranges set leased_until = clock_timestamp() + p_lease where id = p_range and token = p_token;
  return found;
end
$$;
