-- Return how many jobs of a generation wait or are in progress in a lane.
create or replace function embedd_internal.count_jobs(p_generation_id bigint, p_lane text) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select count(*) from embedd.jobs where generation_id = p_generation_id and state = 'queued' and lane = p_lane
$$;
