-- Queue a job for each changed key. This function is the one place where keys become dirty. The arrays run in parallel
-- and hold no pair of generation and key twice; null in p_since means now. A key that waits in the live lane stays
-- there. A key that was set aside is retried, and retried alone if workers died with it.
-- Locks rows of jobs in the order of generation and key, as every function does that locks several.
create or replace function embedd_internal.mark_dirty(
  p_generations bigint[],
  p_keys text[],
  p_counts bigint[],
  p_since timestamptz[],
  p_lane text
) returns void
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  insert into embedd.jobs (generation_id, key, want, lane, dirty_since)
  select d.generation_id, d.key, d.count, p_lane, least(d.since, now())
    from unnest(p_generations, p_keys, p_counts, p_since) d (generation_id, key, count, since)
   order by d.generation_id, d.key
  on conflict (generation_id, key) do update
     set want = jobs.want + excluded.want,
         lane = case when jobs.lane = 'live' and jobs.state = 'queued' then 'live' else excluded.lane end,
         state = 'queued',
         attempts = 0,
         crashes = least(jobs.crashes, 2),
         run_at = least(jobs.run_at, excluded.run_at),
         dirty_since = least(jobs.dirty_since, excluded.dirty_since),
         error_class = null,
         error = null
$$;
