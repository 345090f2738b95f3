-- Return the API keys of the organization, revoked ones included, oldest first, after the given position. A user
-- without the permission to list all keys gets only their own.
create or replace function embedd.list_api_keys(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, name text, key_prefix text, permission text, created_by uuid,
               created_at timestamptz, revoked_at timestamptz, expires_at timestamptz, minted_by text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, key_prefix, permission, user_id, created_at, revoked_at, expires_at, minted_by
    from embedd.api_keys
   where organization_id = embedd_internal.acting_organization() and (created_at, id) > (after_created_at, after_id)
     and ((select embedd_internal.has_permission('list', 'api_key', 'any'))
          or user_id = (select embedd_internal.acting_user()))
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_api_keys(int, timestamptz, text) is
  'Return API keys of the organization that the user may see, without the keys themselves, oldest first.';
