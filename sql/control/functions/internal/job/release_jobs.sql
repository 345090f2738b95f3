-- Give leased jobs back for a later try. p_burn: the row itself caused the failure, so it counts against the row, and
-- at p_max_attempts the job is set aside as dead. Failures of a provider, a store or a source never count, nor does the
-- failure of a row that changed since it was read. The worker survived these jobs, so their crashes are reset. p_wants
-- is each job's want at its claim, parallel to p_keys.
create or replace function embedd_internal.release_jobs(
  p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text,
  p_burn boolean, p_max_attempts int, p_wants bigint[] default null)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_jobs tid[] := embedd_internal.lock_jobs(p_generation_id, p_token, p_keys);
begin
  update embedd.jobs j
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay,
         error_class = p_error_class, error = p_error,
         attempts = j.attempts + mine.burn::int, crashes = 0,
         state = case when mine.burn and j.attempts + 1 >= p_max_attempts then 'dead' else 'queued' end
    from (select before.ctid as place, p_burn and coalesce(before.want = d.want, true) as burn
            from unnest(v_jobs, coalesce(p_wants, '{}')) d (place, want)
            join embedd.jobs before on before.ctid = d.place) mine
   where j.ctid = mine.place;
end
$$;
