-- Insert a new embedder of any API and return its emb_ id. The caller has checked its fields and the permission. An
-- embedder of the GoodMem API must differ from all others of its owner. One statement compares and inserts, so only one
-- of several equal concurrent requests succeeds. The provider is not contacted.
create or replace function embedd_internal.insert_embedder(p_new embedd.embedders) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_public_id text;
begin
  perform embedd_internal.check_quota('embedder');

  insert into embedd.embedders (
    id, shown_id, organization_id, environment_id, owner_id, created_by, updated_by,
    name, description, version, labels, monitoring_endpoint,
    provider, provider_type, base_url, api_path,
    model, dimensionality, distribution_type, max_sequence_length, supported_modalities,
    credentials, credentials_form, secret_ref, fingerprint,
    duplicate_key)
  values (
    p_new.id, p_new.shown_id, p_new.organization_id, p_new.environment_id, p_new.owner_id,
    p_new.created_by, p_new.updated_by,
    p_new.name, p_new.description, p_new.version, p_new.labels, p_new.monitoring_endpoint,
    p_new.provider, p_new.provider_type, p_new.base_url, p_new.api_path,
    p_new.model, p_new.dimensionality, p_new.distribution_type, p_new.max_sequence_length, p_new.supported_modalities,
    p_new.credentials, p_new.credentials_form, p_new.secret_ref, p_new.fingerprint,
    case when p_new.provider_type is not null then embedd_internal.embedder_duplicate_key(p_new) end)
  on conflict do nothing
  returning public_id into v_public_id;

  if v_public_id is null then
    raise exception using errcode = 'EBC08',
      message = case
        when exists (
          select from embedd.embedders e
           where e.organization_id = p_new.organization_id
             and coalesce(e.shown_id, e.id) = coalesce(p_new.shown_id, p_new.id))
          then 'This embedderId is taken.'
        else 'An embedder with the same owner, provider, endpoint, path, model and credentials already exists.' end,
      hint = 'Use that one, or change one of these.';
  end if;
  perform embedd_internal.note_change('create_embedder', v_public_id);
  return v_public_id;
end
$$;
