-- Return a page of the keys that the ledger knows, including dead letters, in key order; with p_unchecked_since only
-- keys that no attempt has checked since that token. Those include keys of attempts that began before it: such an
-- attempt may have read a row that is gone since, and the key of a new row has no recorded state yet.
create or replace function embedd_internal.known_keys(
  p_generation_id bigint, p_after text, p_limit int, p_unchecked_since bigint default null)
returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  (select key from embedd.row_states
    where generation_id = p_generation_id and (p_after is null or key > p_after)
      and (p_unchecked_since is null or checked < p_unchecked_since)
    order by key limit p_limit)
  union
  (select key from embedd.jobs
    where generation_id = p_generation_id and (p_after is null or key > p_after)
      and (state = 'dead' or token > 0 and p_unchecked_since is not null)
      and (p_unchecked_since is null or token < p_unchecked_since)
    order by key limit p_limit)
  order by 1 limit p_limit
$$;
