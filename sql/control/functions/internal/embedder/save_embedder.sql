-- Write a changed embedder; the caller holds the lock on its row. Fields that vectors depend on cannot change while the
-- embedder is in use, unless p_allow_in_use is true. Another address removes the credentials, because they were given
-- for the old one, unless they came with the change (p_secret_sent). An embedder of the GoodMem API must still differ
-- from all others of its owner.
create or replace function embedd_internal.save_embedder(
  p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean, p_secret_sent boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed boolean := not p_secret_sent and (p_old.credentials is not null or p_old.secret_ref is not null)
    and embedd_internal.embedder_address(p_old.provider, p_old.base_url, p_old.api_path)
        <> embedd_internal.embedder_address(p_new.provider, p_new.base_url, p_new.api_path);
begin
  if v_removed then
    p_new.credentials := null;
    p_new.secret_ref := null;
    p_new.fingerprint := sha256('no credentials');
  end if;

  if not p_allow_in_use
     and (p_old.model, p_old.dimensionality, p_old.distribution_type)
         is distinct from (p_new.model, p_new.dimensionality, p_new.distribution_type)
     and embedd_internal.embedder_in_use(p_old.id) then
    raise exception using errcode = 'EBF01',
      message = 'modelIdentifier, dimensionality and distributionType cannot change '
                'while a vector table or task refers to the embedder.',
      hint = 'Create another embedder and move the vector tables to it, or drop them first.';
  end if;

  update embedd.embedders
     set name = p_new.name, description = p_new.description, base_url = p_new.base_url, api_path = p_new.api_path,
         model = p_new.model, dimensionality = p_new.dimensionality, distribution_type = p_new.distribution_type,
         max_sequence_length = p_new.max_sequence_length, supported_modalities = p_new.supported_modalities,
         labels = p_new.labels, version = p_new.version, monitoring_endpoint = p_new.monitoring_endpoint,
         credentials = p_new.credentials, credentials_form = p_new.credentials_form, secret_ref = p_new.secret_ref,
         fingerprint = p_new.fingerprint, secret_removed = v_removed or (secret_removed and not p_secret_sent),
         duplicate_key = case when duplicate_key is not null then embedd_internal.embedder_duplicate_key(p_new) end,
         updated_by = embedd_internal.acting_user(), updated_at = clock_timestamp()
   where id = p_old.id;

  -- Workers keep the address and the credentials in memory; changed_at makes them load both again.
  update embedd.vector_tables set changed_at = now() where embedder_id = p_old.id and dropped_at is null;
  perform pg_notify('embedd', '');
exception
  when unique_violation then
    raise exception using errcode = 'EBC08',
      message = 'An embedder with the same owner, provider, endpoint, path, model and credentials already exists.',
      hint = 'Use that one, or change one of these.';
end
$$;
