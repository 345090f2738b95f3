-- Acknowledge a range that hold_range() locked, in the transaction that wrote its rows, after the rows were written.
-- The arrays run in parallel, one entry per written row; rows that a live change wrote first are left out. p_later:
-- keys for ordinary jobs, such as rows that the provider refuses. They may have changed since they were read, and only
-- a job detects that.
create or replace function embedd_internal.finish_range(
  p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[],
  p_rows bigint)
returns void
language plpgsql set search_path = pg_catalog, pg_temp set row_security = on
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_range embedd.ranges;
begin
  delete from embedd.ranges where id = p_range and token = p_token returning * into strict v_range;
  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)
  select v_range.generation_id, d.key, p_token, d.text_hash, d.metadata_hash, p_token
    from unnest(p_keys, p_text_hashes, p_metadata_hashes) d (key, text_hash, metadata_hash)
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
         checked = excluded.checked
   where row_states.token < excluded.token;
  perform embedd_internal.enqueue_keys(v_range.generation_id, p_later, 'backfill');
  update embedd.tasks set rows_processed = rows_processed + p_rows where id = v_range.task_id;
end
$$;
