-- Store vectors for the next time the same texts are embedded.
create or replace function embedd_internal.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.cached_vectors (digest, vector)
  select d.digest, d.vector from unnest(p_digests, p_vectors) d (digest, vector) order by d.digest
  on conflict (digest) do nothing
$$;
