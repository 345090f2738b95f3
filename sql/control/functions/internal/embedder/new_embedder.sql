-- Return a new embedder of the acting user with the defaults that all APIs share. Nothing is written.
create or replace function embedd_internal.new_embedder() returns embedd.embedders
language sql set search_path = pg_catalog, pg_temp
as $$
  select jsonb_populate_record(null::embedd.embedders, jsonb_build_object(
    'id', gen_random_uuid(),
    'organization_id', embedd_internal.acting_organization(),
    'environment_id', embedd_internal.acting_environment(),
    'owner_id', embedd_internal.acting_user(),
    'created_by', embedd_internal.acting_user(),
    'updated_by', embedd_internal.acting_user(),
    'labels', '{}'::jsonb,
    'distribution_type', 'DENSE',
    'supported_modalities', array['TEXT'],
    'credentials_form', 'key'))
$$;
