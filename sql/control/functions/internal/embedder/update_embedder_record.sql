-- Change the given fields of an embedder of the GoodMem API, all or none. Check first the fields, then that the
-- embedder exists, then the permission, then its use and its duplicates. The row is locked, so a vector table that is
-- about to use the embedder waits. p_address: the address for which the credentials were encrypted (planned_address).
create or replace function embedd_internal.update_embedder_record(
  p_embedder uuid, p_fields jsonb, p_credentials jsonb default null, p_fingerprint bytea default null,
  p_address text default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders;
  v_new embedd.embedders;
begin
  perform embedd_internal.check_embedder_fields(p_fields);
  v_old := embedd_internal.lock_embedder(p_embedder::text);
  perform embedd_internal.require_permission('update', 'embedder', v_old.owner_id);
  v_new := embedd_internal.change_embedder_record(v_old, p_fields);

  if p_credentials is not null then
    v_new.credentials := p_credentials;
    v_new.credentials_form := 'endpoint';
    v_new.secret_ref := null;
    v_new.fingerprint := p_fingerprint;
    if p_address <> embedd_internal.embedder_address(v_new.provider, v_new.base_url, v_new.api_path) then
      raise exception using errcode = 'EBC08',
        message = 'Another request changed the address of this embedder at the same moment.',
        hint = 'Read the embedder again, then repeat the request.';
    end if;
  end if;

  -- The GoodMem face has no type for some providers, and shows each of these under the type of another one.
  if exists (select from embedd_internal.providers() p
              where p.provider = v_old.provider and lower(p.shown_type) <> p.provider)
     and (v_new.base_url is distinct from v_old.base_url or v_new.api_path <> '/embeddings') then
    raise exception using errcode = 'EBV01',
      message = format('endpointUrl and apiPath of an embedder of the provider %s cannot be changed here.',
                       v_old.provider),
      hint = 'It was made at /v1/embedding-providers; change it there, or create another.';
  end if;

  if p_fields <> '{}' or p_credentials is not null then
    perform embedd_internal.save_embedder(v_old, v_new, false, p_credentials is not null);
  end if;
  perform embedd_internal.note_change('update_embedder', v_old.public_id);
end
$$;
