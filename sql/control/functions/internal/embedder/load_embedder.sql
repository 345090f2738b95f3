-- All a query needs to know of an embedder it reranks or embeds a text with; secrets only as encrypted envelopes or
-- references. For the service alone, which holds the key.
create or replace function embedd_internal.load_embedder(p_embedder text) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd_internal.resolve_embedder(p_embedder);
begin
  return (select jsonb_build_object('id', id, 'public_id', public_id, 'organization_id', organization_id, 'provider', provider,
                                    'model', model, 'dimensionality', dimensionality,
                                    'base_url', base_url, 'api_path', api_path, 'credentials', credentials,
                                    'credentials_form', credentials_form, 'secret_ref', secret_ref,
                                    'secret_removed', secret_removed, 'address', embedd_internal.embedder_address(provider, base_url, api_path))
            from embedd.embedders where id = v_id);
end
$$;
