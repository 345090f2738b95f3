-- Extend the leases of an attempt, as its heartbeat. Returns how many jobs still carry the attempt's token.
create or replace function embedd_internal.extend_leases(
  p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_jobs tid[] := embedd_internal.lock_jobs(p_generation_id, p_token, p_keys);
  v_kept bigint;
begin
  update embedd.jobs set leased_until = clock_timestamp() + p_lease where ctid = any (v_jobs);
  get diagnostics v_kept = row_count;
  return v_kept;
end
$$;
