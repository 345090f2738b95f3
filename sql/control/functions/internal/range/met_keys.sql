-- Return the keys of a range that the range need not embed: a job waits for them, or an attempt has processed them
-- already and every change since makes a job.
create or replace function embedd_internal.met_keys(p_generation_id bigint, p_keys text[]) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select k.key from unnest(p_keys) k (key)
    left join lateral (
      select true as met from embedd.jobs where generation_id = p_generation_id and key = k.key limit 1) j on true
    left join lateral (
      select true as met from embedd.row_states where generation_id = p_generation_id and key = k.key limit 1) s on true
   where j.met or s.met
$$;
