-- Queues keys whose point in the store is not what the ledger believes. Just queued they would come to nothing: the row is
-- as it was when it was written last. So the job is left as an attempt leaves it that died in the middle of its work, with
-- a token drawn just now that nothing was acknowledged under. Whoever claims it asks the store what it holds, and writes
-- under a token higher than any before, whatever the answer; text that the store holds already is not embedded again.
-- No concurrent attempt is disturbed: one that is under way keeps its token and its lease, and because the key is wanted
-- once more its acknowledgement leaves the job; it read the row and wrote after the difference was seen, or else left the
-- job with a token that is not the state's, which says the same as ours. An attempt that lost its lease acknowledges
-- nothing. A dead letter stays one until its row changes.
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
         token = case when jobs.leased_until > clock_timestamp() then jobs.token else greatest(jobs.token, excluded.token) end
   where jobs.state = 'queued'
$$;
