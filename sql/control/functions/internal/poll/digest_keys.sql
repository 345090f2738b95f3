-- Return what the ledger knows of a polled source, in buckets of keys: the number of keys in each, and a digest of
-- their row hashes. The worker compares them with the same values computed in the source database
-- (embedd_pg/sources/table.py), so that only rows of buckets that differ are transferred. A dead letter counts with the
-- row that failed.
create or replace function embedd_internal.digest_keys(p_generation_id bigint, p_buckets int)
returns table (bucket int, keys bigint, digest bigint)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (('x' || substr(md5(k.key), 1, 8))::bit(32)::bigint % p_buckets)::int, count(*),
         bit_xor(('x' || substr(md5(k.key || ':' || k.hash), 1, 16))::bit(64)::bigint)
    from (select coalesce(s.key, j.key) as key,
                 coalesce(case when j.key is null then s.source_hash else j.source_hash end, '') as hash
            from (select * from embedd.row_states where generation_id = p_generation_id) s
            full join (select * from embedd.jobs where generation_id = p_generation_id and state = 'dead') j
                   on j.key = s.key) k
   group by 1
$$;
