-- Store an embedder with the fields of the GoodMem API and return its id. p_id is the id that the API shows. It is
-- unique within its organization; another organization may use the same one. The contract fixes the order of the
-- checks.
create or replace function embedd_internal.create_embedder_record(
  p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb default null,
  p_owner uuid default null)
returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner uuid := coalesce(p_owner, embedd_internal.acting_user());
  v_new embedd.embedders;
begin
  perform embedd_internal.check_embedder_fields(p_fields);
  v_new := embedd_internal.new_embedder_record(p_provider_type, p_fields);
  perform embedd_internal.require_permission('create', 'embedder', v_owner);
  if not exists (select from embedd.users u where u.id = v_owner and u.organization_id = v_new.organization_id) then
    raise exception using errcode = 'EBV01', message = 'ownerId is not a user of this organization.',
      hint = 'Leave it out to own it yourself.';
  end if;
  perform embedd_internal.insert_embedder(jsonb_populate_record(v_new, jsonb_build_object(
    'shown_id', p_id,
    'owner_id', v_owner,
    'credentials', p_credentials,
    'credentials_form', 'endpoint',
    'fingerprint', p_fingerprint)));
  return p_id;
end
$$;
