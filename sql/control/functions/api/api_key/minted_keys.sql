-- Return the keys that were made with an API key, directly or through keys made with it, and that are still valid.
-- Revoking the first key does not revoke them.
create or replace function embedd.minted_keys(api_key text)
returns table (id text, name text, key_prefix text, created_by uuid, created_at timestamptz, expires_at timestamptz,
               minted_by text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with recursive minted as (
    select k.id
      from embedd.api_keys k
     where k.minted_by = minted_keys.api_key and k.organization_id = embedd_internal.acting_organization()
    union
    select k.id from embedd.api_keys k join minted m on k.minted_by = m.id
  )
  select l.id, l.name, l.key_prefix, l.created_by, l.created_at, l.expires_at, l.minted_by
    from embedd.list_api_keys() l join minted using (id)
   where l.revoked_at is null and (l.expires_at is null or l.expires_at > clock_timestamp())
   order by l.created_at, l.id
$$;
comment on function embedd.minted_keys(text) is
  'Return valid keys that were made with an API key, or with a key that it made.';
