-- Create an environment in the organization; return its id. Objects of one environment do not exist in another.
create or replace function embedd.create_environment(name text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_organization text := embedd_internal.resolve_organization(embedd_internal.acting_organization());
  v_id text;
begin
  perform embedd_internal.require_permission('create', 'environment', embedd_internal.acting_user());
  if create_environment.name is null or create_environment.name !~ '^[a-z0-9_-]{1,50}$' then
    raise exception using errcode = 'EBV01',
      message = 'name must have 1 to 50 characters: lower-case letters, digits, - and _.',
      hint = 'For example staging.';
  end if;
  perform embedd_internal.check_quota('environment');
  insert into embedd.environments (organization_id, name)
  values (v_organization, create_environment.name)
  on conflict (organization_id, name) do nothing returning id into v_id;
  perform embedd_internal.check_name(create_environment.name, 'environment', v_id is null);
  perform embedd_internal.note_change('create_environment', v_id);
  return v_id;
end
$$;
comment on function embedd.create_environment(text) is 'Create an environment in the organization; returns its id.';
