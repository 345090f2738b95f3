-- Whose key this is; no row when nobody's. The caller compares the digest again in constant time.
create or replace function embedd.authenticate(p_digest bytea)
returns table (id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamptz, status text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.digest, k.organization_id, k.user_id, k.permission, k.revoked_at, o.status
    from embedd.api_keys k join embedd.organizations o on o.id = k.organization_id
   where k.digest = p_digest
$$;
