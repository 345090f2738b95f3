-- Return a page of the known keys in some buckets of digest_keys(), in key order.
create or replace function embedd_internal.keys_in_buckets(
  p_generation_id bigint, p_buckets int, p_which int[], p_after text, p_limit int)
returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select key from (
    select key from embedd.row_states where generation_id = p_generation_id and (p_after is null or key > p_after)
    union
    select key from embedd.jobs
     where generation_id = p_generation_id and state = 'dead' and (p_after is null or key > p_after)) known
   where (('x' || substr(md5(key), 1, 8))::bit(32)::bigint % p_buckets)::int = any (p_which)
   order by key limit p_limit
$$;
