-- Remove the least recently used vectors until the rest takes at most p_bytes; return how many were removed.
create or replace function embedd_internal.prune_cached_vectors(p_bytes bigint) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  with sized as (
    select digest, sum(octet_length(vector) + 64) over (order by used_on desc, digest) as total
      from embedd.cached_vectors
  ), gone as (
    delete from embedd.cached_vectors c using sized s where c.digest = s.digest and s.total > p_bytes returning 1
  )
  select count(*) from gone
$$;
