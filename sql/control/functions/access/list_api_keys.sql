-- The organization's keys, revoked ones included.
create or replace function embedd.list_api_keys()
returns table (id text, org_id text, name text, key_prefix text, permission text, created_by uuid,
               created_at timestamptz, revoked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, key_prefix, permission, user_id, created_at, revoked_at
    from embedd.api_keys where organization_id = embedd.acting_organization() order by created_at, id
$$;
comment on function embedd.list_api_keys() is 'API keys of the organization, without the keys themselves.';
