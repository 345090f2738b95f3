-- Whose key this is; no row when nobody's. The caller compares the digest again in constant time. The tier's requests
-- per minute come along, so that an organization without that limit costs no further look into the database.
create or replace function embedd.authenticate(p_digest bytea)
returns table (id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamptz, status text,
               requests_per_minute int)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.digest, k.organization_id, k.user_id, k.permission, k.revoked_at, o.status, l.requests_per_minute
    from embedd.api_keys k join embedd.organizations o on o.id = k.organization_id
   cross join embedd.tier_limits(o.tier) l
   where k.digest = p_digest
$$;
