-- Renews the lease of a range; false when it is not ours any more.
create or replace function embedd_internal.extend_range(p_range bigint, p_token bigint, p_lease interval) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.ranges set leased_until = clock_timestamp() + p_lease where id = p_range and token = p_token;
  return found;
end
$$;
