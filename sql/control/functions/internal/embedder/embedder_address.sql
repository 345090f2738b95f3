-- Return the address that gets the credentials of an embedder, in one spelling. The encrypted envelope of the
-- credentials opens only for this address. Without a base_url it is the address of the vendor, which the operator may
-- configure.
create or replace function embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text)
returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select array_to_string(array[
    p_provider,
    coalesce(embedd_internal.canonical_url(p_base_url), p_base_url, ''),
    coalesce(p_api_path, '/embeddings')], E'\x1f')
$$;
