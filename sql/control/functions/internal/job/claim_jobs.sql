-- Lease due jobs of one generation and lane to a worker, under one new token. The token is drawn after the jobs are
-- locked and before any row is read. So it is higher than the token of every earlier claim of these keys, and a higher
-- token has always seen a later state. All times are the database's. The commit must be durable before the worker
-- writes to a store, hence synchronous_commit.
-- suspect: the store may differ from the recorded state. Either a range of the generation is open, so that an attempt
-- under an older token may still write these keys, or the state is from before a failover or restore. One statement
-- reads ranges and states, because a range that closes leaves its states behind.
-- p_after: where the last claim of the lane found its first job, so that finished jobs are not scanned again.
create or replace function embedd_internal.claim_jobs(
  p_generation_id bigint, p_lane text, p_limit int, p_worker text, p_lease interval,
  p_after timestamptz default null)
returns table (token bigint, key text, want bigint, previous_token bigint, attempts int, dirty_since timestamptz,
               state_token bigint, text_hash text, metadata_hash text, source_hash text, suspect boolean,
               run_at timestamptz)
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  v_suspect text[];
  v_jobs tid[];
  v_token bigint;
begin
  perform embedd_internal.require_instance();
  -- After a failover the worker must read the whole store first.
  if exists (select from embedd.unread_stores u where u.generation_id = p_generation_id) then
    return;
  end if;

  v_suspect := embedd_internal.claim_suspect(p_generation_id, p_worker);
  if v_suspect is null then
    v_jobs := array(
      select j.ctid from embedd.jobs j
       where j.generation_id = p_generation_id and j.lane = p_lane and j.state = 'queued'
         and j.crashes + (j.leased_until is not null)::int < 2
         and j.run_at <= clock_timestamp() and (j.leased_until is null or j.leased_until < clock_timestamp())
         and j.run_at >= coalesce(p_after, '-infinity')
       order by j.run_at, j.key limit p_limit for update skip locked);
  else
    v_jobs := array(
      select j.ctid from embedd.jobs j where j.generation_id = p_generation_id and j.key = any (v_suspect));
  end if;
  if cardinality(v_jobs) = 0 and p_after is not null then
    return query select * from embedd_internal.claim_jobs(p_generation_id, p_lane, p_limit, p_worker, p_lease);
    return;
  end if;

  if cardinality(v_jobs) = 0 then
    return;
  end if;

  v_token := nextval('embedd.fence');
  perform set_config('synchronous_commit', 'on', true);
  return query
  with claimed as (
    update embedd.jobs j
       set token = v_token, leased_until = clock_timestamp() + p_lease, worker = p_worker,
           crashes = j.crashes + (before.leased_until is not null)::int
      from embedd.jobs before
     where j.ctid = any (v_jobs) and before.ctid = j.ctid
    returning j.key, j.want, before.token as previous_token, j.attempts, j.dirty_since, j.run_at
  )
  select v_token, c.key, c.want, c.previous_token, c.attempts, c.dirty_since,
         s.token, s.text_hash, s.metadata_hash, s.source_hash,
         exists (select from embedd.ranges r where r.generation_id = p_generation_id)
           or coalesce(s.token < g.suspect_before, false),
         c.run_at
    from claimed c
    join embedd.generations g on g.id = p_generation_id
    left join lateral (
      select r.token, r.text_hash, r.metadata_hash, r.source_hash from embedd.row_states r
       where r.generation_id = p_generation_id and r.key = c.key limit 1) s on true;
end
$$;
