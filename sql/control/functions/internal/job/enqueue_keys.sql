-- Makes keys dirty in a lane. A key that already waits in the live lane stays there; one that was set aside because workers
-- died with it is tried alone.
create or replace function embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) returns void
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  insert into embedd.jobs (generation_id, key, lane)
  select p_generation_id, k, p_lane from (select distinct unnest(p_keys)) keys (k) order by k
  on conflict (generation_id, key) do update
     set want = jobs.want + 1, attempts = 0, crashes = least(jobs.crashes, 2), state = 'queued', run_at = least(jobs.run_at, excluded.run_at),
         lane = case when jobs.lane = 'live' and jobs.state = 'queued' then 'live' else excluded.lane end
$$;
