-- Return the configuration of one embedder that programs need to call its vendor. Secrets are encrypted envelopes or
-- references.
create or replace function embedd_internal.embedder_configuration(p_embedder_id uuid) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'id', id, 'public_id', public_id, 'organization_id', organization_id,
    'provider', provider, 'model', model, 'dimensionality', dimensionality,
    'base_url', base_url, 'api_path', api_path, 'max_sequence_length', max_sequence_length,
    'credentials', credentials, 'credentials_form', credentials_form,
    'secret_ref', secret_ref, 'secret_removed', secret_removed,
    'address', embedd_internal.embedder_address(provider, base_url, api_path))
    from embedd.embedders where id = p_embedder_id
$$;
