-- Stores an embedder with the fields of the GoodMem face; returns its id. p_id is what it is called outside: unique in its
-- organization, so that the id of another one's embedder is as free as any. Refused when its owner has an equal one:
-- one statement asks and inserts, so of many at once a single one gets through. The provider is not contacted.
create or replace function embedd_internal.create_embedder_record(
  p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb default null, p_owner uuid default null)
returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner uuid := coalesce(p_owner, embedd_internal.acting_user());
  v_new embedd.embedders;
begin
  perform embedd_internal.check_embedder_fields(p_fields);
  v_new := embedd_internal.new_embedder_record(p_provider_type, p_fields);
  v_new.environment_id := embedd_internal.acting_environment();
  v_new.owner_id := v_owner;
  v_new.fingerprint := p_fingerprint;
  perform embedd_internal.require_permission('create', 'embedder', v_owner);
  if not exists (select from embedd.users u where u.id = v_owner and u.organization_id = embedd_internal.acting_organization()) then
    raise exception using errcode = 'EBV01', message = 'ownerId is no user of this organization.',
      hint = 'Leave it out to own it yourself.';
  end if;
  perform embedd_internal.check_quota('embedder');
  insert into embedd.embedders (shown_id, organization_id, environment_id, owner_id, name, description, provider, provider_type,
    base_url, api_path, model, dimensionality, distribution_type, max_sequence_length, supported_modalities, labels, version,
    monitoring_endpoint, credentials, credentials_form, fingerprint, duplicate_key, created_by, updated_by)
  values (p_id, embedd_internal.acting_organization(), v_new.environment_id, v_owner, v_new.name, v_new.description, v_new.provider,
    p_provider_type, v_new.base_url, v_new.api_path, v_new.model, v_new.dimensionality, v_new.distribution_type,
    v_new.max_sequence_length, v_new.supported_modalities, v_new.labels, v_new.version, v_new.monitoring_endpoint,
    p_credentials, 'endpoint', p_fingerprint, embedd_internal.embedder_duplicate_key(v_new), embedd_internal.acting_user(), embedd_internal.acting_user())
  on conflict do nothing;
  if not found then
    raise exception using errcode = 'EBC08',
      message = case when exists (select from embedd.embedders e where e.organization_id = embedd_internal.acting_organization() and e.shown_id = p_id) then 'This embedderId is taken.'
        else 'An embedder with the same owner, provider, endpoint, path, model and credentials already exists.' end,
      hint = 'Use that one, or change one of these.';
  end if;
  perform embedd_internal.note_change('create_embedder', p_id::text);
  return p_id;
end
$$;
