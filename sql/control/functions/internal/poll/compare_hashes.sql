-- Compare one page of a polled source: queue keys that are new or whose row hash differs, and return how many were
-- known. A key that already has a job is skipped, because the read of that job or the next cycle sees the change. A
-- dead letter is retried when the row differs from the one that failed.
create or replace function embedd_internal.compare_hashes(
  p_generation_id bigint, p_keys text[], p_hashes text[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  with page as (
    select d.key, d.hash, s.key is not null as known, s.source_hash,
           j.key is not null as dead, j.source_hash as dead_hash
      from unnest(p_keys, p_hashes) d (key, hash)
      left join embedd.row_states s on s.generation_id = p_generation_id and s.key = d.key
      left join embedd.jobs j on j.generation_id = p_generation_id and j.key = d.key and j.state = 'dead'
  ), queued as (
    insert into embedd.jobs (generation_id, key, lane, source_hash)
    select p_generation_id, key, 'live', hash from page
     where case when dead then dead_hash is distinct from hash else source_hash is distinct from hash end
     order by key
    on conflict (generation_id, key) do update
       set want = jobs.want + 1, lane = 'live', state = 'queued', attempts = 0,
           crashes = least(jobs.crashes, 2), run_at = excluded.run_at,
           dirty_since = excluded.dirty_since, source_hash = excluded.source_hash, error_class = null, error = null
     where jobs.state = 'dead' and jobs.source_hash is distinct from excluded.source_hash
  )
  select count(*) from page where known or dead
$$;
