-- Gives leased jobs back for a later try. p_burn: the fault was the row's own, so it counts against the row, and at
-- p_max_attempts the job is set aside as dead. Faults of a provider, a store or a source never count.
create or replace function embedd.release_jobs(
  p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text,
  p_burn boolean, p_max_attempts int)
returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.jobs j
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay, error_class = p_error_class, error = p_error,
         attempts = j.attempts + p_burn::int,
         state = case when p_burn and j.attempts + 1 >= p_max_attempts then 'dead' else 'queued' end
    from (select key from embedd.jobs
           where generation_id = p_generation_id and key = any (p_keys) and token = p_token
           order by key for update) mine
   where j.generation_id = p_generation_id and j.key = mine.key
$$;
