-- Return the API key with this digest like authenticate(), and in the same call what a search needs to know first: the
-- version of the generation that would answer it, null if there is none. A program that knows this version, and the
-- plan of the same request, needs no other call before it searches.
create or replace function embedd_internal.authenticate_search(
  p_digest bytea, p_environment text, p_vector_table text)
returns table (id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamptz,
               status text, requests_per_minute int, search_version text)
language sql set search_path = pg_catalog, pg_temp
as $$
  select k.*, case when k.revoked_at is null and k.status = 'active' then
           embedd_internal.find_search_version(k.organization_id, k.user_id, p_environment, p_vector_table) end
    from embedd_internal.authenticate(p_digest) k
$$;
