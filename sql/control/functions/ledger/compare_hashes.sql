-- One page of a polled source: queues keys that are new or whose row hash differs; returns how many were known.
-- A key that already has a job is left to it: that job's read, or the next cycle, sees the change.
create or replace function embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  with page as (
    select d.key, d.hash, s.key is not null as known, s.source_hash
      from unnest(p_keys, p_hashes) d (key, hash)
      left join embedd.row_states s on s.generation_id = p_generation_id and s.key = d.key
  ), queued as (
    insert into embedd.jobs (generation_id, key, lane)
    select p_generation_id, key, 'live' from page where source_hash is distinct from hash order by key
    on conflict do nothing
  )
  select count(*) from page where known
$$;
