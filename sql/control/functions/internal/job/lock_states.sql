-- Lock the recorded states of rows, in the order of their keys, and return where they are, parallel to p_keys; null
-- stands for a row without a state. See lock_jobs().
create or replace function embedd_internal.lock_states(p_generation_id bigint, p_keys text[]) returns tid[]
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select array_agg(s.place order by k.number)
    from (select key, number from unnest(p_keys) with ordinality u (key, number) order by key) k
    left join lateral (
      select ctid as place from embedd.row_states
       where generation_id = p_generation_id and key = k.key for update) s on true
$$;
