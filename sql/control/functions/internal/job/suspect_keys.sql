-- Queue keys whose point in the store differs from the recorded state. Queuing them alone would change nothing, because
-- the row is the same as when it was last written. The job is therefore left in the state of an attempt that died in
-- the middle of its work: with a newly drawn token under which nothing was acknowledged. The worker that claims the job
-- reads what the store holds and writes under a token higher than any before. Text that the store holds already is not
-- embedded again.
-- Concurrent attempts are not disturbed. A running attempt keeps its token and its lease, and its acknowledgement
-- leaves the job, because want was increased. Either that attempt read the row and wrote it after the difference was
-- seen, or it left the job with a token that differs from the state's, which has the same effect. An attempt that lost
-- its lease acknowledges nothing. A dead letter stays one until its row changes.
create or replace function embedd_internal.suspect_keys(p_generation_id bigint, p_keys text[]) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  with drawn as materialized (select nextval('embedd.fence') as token)
  insert into embedd.jobs (generation_id, key, lane, token)
  select p_generation_id, k.key, 'verify', drawn.token
    from (select distinct unnest(p_keys) as key) k cross join drawn
   order by k.key
  on conflict (generation_id, key) do update
     set want = jobs.want + 1, run_at = least(jobs.run_at, excluded.run_at),
         token = case when jobs.leased_until > clock_timestamp() then jobs.token
                      else greatest(jobs.token, excluded.token) end
   where jobs.state = 'queued'
$$;
