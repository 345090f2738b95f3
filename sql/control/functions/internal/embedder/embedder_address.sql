-- Where the credentials of an embedder are sent, as far as it is stored, in one spelling: its envelope opens for this alone. An
-- embedder without base_url is at its vendor's, wherever the operator has that.
create or replace function embedd_internal.embedder_address(p_provider text, p_base_url text, p_api_path text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select array_to_string(array[p_provider, coalesce(embedd_internal.canonical_url(p_base_url), p_base_url, ''), coalesce(p_api_path, '/embeddings')], E'\x1f')
$$;
