-- Record one page of what a store itself holds as the state of its rows, so that the comparison that follows knows
-- every row in the store, including rows that the ledger never knew. Returns false if another worker is reading this
-- store by now. The arrays run in parallel, one entry per key. A negative value in checked names the pass that found
-- the key.
create or replace function embedd_internal.learn_marks(
  p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[],
  p_metadata_hashes text[], p_dead boolean[], p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.unread_stores
     set leased_until = clock_timestamp() + p_lease
   where generation_id = p_generation_id and token = p_token;
  if not found then
    return false;
  end if;

  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)
  select p_generation_id, d.key, d.token, coalesce(d.text_hash, ''), coalesce(d.metadata_hash, ''), -p_token
    from unnest(p_keys, p_tokens, p_text_hashes, p_metadata_hashes, p_dead)
         d (key, token, text_hash, metadata_hash, dead)
   where not d.dead
   order by d.key
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
         source_hash = null, checked = excluded.checked;
  return true;
end
$$;
