-- Return the cached vectors of some digests, as 4-byte floats, little-endian, and mark them as used today.
create or replace function embedd_internal.find_cached_vectors(p_digests bytea[])
returns table (digest bytea, vector bytea)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.cached_vectors c set used_on = (now() at time zone 'utc')::date
   where c.digest in (
     select o.digest from embedd.cached_vectors o where o.digest = any (p_digests) order by o.digest for update)
     and c.used_on < (now() at time zone 'utc')::date;
  select c.digest, c.vector from embedd.cached_vectors c where c.digest = any (p_digests)
$$;
