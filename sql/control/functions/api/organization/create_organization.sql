-- Create an organization with its owner and the environment prod; return its id. Names are unique across all
-- organizations.
create or replace function embedd.create_organization(
  name text, tier text default 'free', owner_name text default 'owner')
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text;
begin
  perform embedd_internal.check_name(create_organization.name, 'organization',
    exists (select from embedd.organizations o where o.name = create_organization.name));
  perform embedd_internal.check_tier(create_organization.tier);
  insert into embedd.organizations (name, tier) values (create_organization.name, create_organization.tier)
  on conflict do nothing returning id into v_id;
  perform embedd_internal.check_name(create_organization.name, 'organization', v_id is null);
  perform embedd_internal.add_user(v_id, create_organization.owner_name, 'owner');
  insert into embedd.environments (organization_id, name) values (v_id, 'prod');
  perform embedd_internal.note_change('create_organization', v_id);
  return v_id;
end
$$;
comment on function embedd.create_organization(text, text, text) is
  'Create an organization with its owner and the environment prod; returns its id.';
