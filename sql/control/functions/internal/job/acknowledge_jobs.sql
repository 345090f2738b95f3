-- Record what an attempt has applied to the store; return the number of finished jobs. A job is deleted only if its key
-- did not become dirty again since the claim (want) and no other attempt claimed it (token). A job that became dirty
-- again is free for the next claim at once. Keys whose job belongs to another attempt by now are skipped entirely: that
-- attempt may have deleted the row and forgotten its state, so that an older token would look new.
-- Row security is on, as in all functions that are called over a session to a co-located store. That session turns
-- row_security off to get an error instead of a part of the rows, and the tables of embedd have policies.
-- The arrays run in parallel, one entry per key. p_gone: the row is deleted. p_touched is false: nothing had to be
-- written.
create or replace function embedd_internal.acknowledge_jobs(
  p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[],
  p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[])
returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set row_security = on
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_jobs tid[] := embedd_internal.lock_jobs(p_generation_id, p_token, p_keys);
  v_states tid[] := embedd_internal.lock_states(p_generation_id, p_keys);
  v_done bigint;
begin
  delete from embedd.row_states s using unnest(v_states, v_jobs, p_gone, p_touched) d (place, job, gone, touched)
   where s.ctid = d.place and d.job is not null and d.gone and d.touched and s.token < p_token;

  update embedd.row_states s set checked = p_token, source_hash = d.source_hash
    from unnest(v_states, v_jobs, p_gone, p_touched, p_source_hashes) d (place, job, gone, touched, source_hash)
   where s.ctid = d.place and d.job is not null and not d.touched and not d.gone and s.checked < p_token;

  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, source_hash, checked)
  select p_generation_id, d.key, p_token, d.text_hash, d.metadata_hash, d.source_hash, p_token
    from unnest(p_keys, v_jobs, p_gone, p_touched, p_text_hashes, p_metadata_hashes, p_source_hashes)
         d (key, job, gone, touched, text_hash, metadata_hash, source_hash)
   where d.job is not null and d.touched and not d.gone
   order by d.key
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
         source_hash = excluded.source_hash, checked = excluded.checked
   where row_states.token < excluded.token;

  delete from embedd.jobs j using unnest(v_jobs, p_wants) d (place, want)
   where j.ctid = d.place and j.want = d.want;
  get diagnostics v_done = row_count;

  -- The ledger does not know rows beyond the tier, so the source must be counted again.
  update embedd.vector_tables v set uncounted_since = clock_timestamp()
    from embedd.generations g
   where g.id = p_generation_id and v.id = g.vector_table_id
     and (v.rows_beyond_tier <> 0
          or (true, false) in (select gone, touched from unnest(p_gone, p_touched) d (gone, touched))
             and embedd_internal.is_metered(v.id));

  update embedd.jobs set leased_until = null, worker = null, crashes = 0, run_at = least(run_at, clock_timestamp())
   where ctid = any (v_jobs);
  return v_done;
end
$$;
