-- Extend the leases of an attempt, as its heartbeat. Returns how many jobs still carry the attempt's token.
create or replace function embedd_internal.extend_leases(
  p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) returns bigint
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  with kept as (
    update embedd.jobs j set leased_until = clock_timestamp() + p_lease
      from (select key from embedd.jobs
             where generation_id = p_generation_id and key = any (p_keys) and token = p_token
             order by key for update) mine
     where j.generation_id = p_generation_id and j.key = mine.key
    returning 1
  )
  select count(*) from kept
$$;
