-- Return the API key with this digest, or no row. The caller compares the digest again in constant time. revoked_at
-- says when the key ended for any reason (it was revoked, it expired, its user is disabled), and status names the
-- reason; for a valid key status is that of the organization. Every request costs this one lookup. It includes the
-- tier's requests per minute, so that an organization without that limit costs no further query.
create or replace function embedd_internal.authenticate(p_digest bytea)
returns table (id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamptz,
               status text, requests_per_minute int)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.digest, k.organization_id, k.user_id, k.permission,
         coalesce(k.revoked_at, e.expired_at, u.disabled_at),
         case when k.revoked_at is not null then 'revoked' when e.expired_at is not null then 'expired'
              when u.disabled_at is not null then 'user_disabled' else o.status end,
         l.requests_per_minute
    from embedd.api_keys k
    join embedd.users u on u.id = k.user_id
    join embedd.organizations o on o.id = k.organization_id
   cross join lateral (select case when k.expires_at <= clock_timestamp() then k.expires_at end as expired_at) e
   cross join embedd.tier_limits(o.tier) l
   where k.digest = p_digest
$$;
