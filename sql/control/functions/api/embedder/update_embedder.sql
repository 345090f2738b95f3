-- Change an embedder and return its id; null keeps a value. As in create_embedder(), api_key_ref names the key. If
-- vector tables use the model, it cannot change unless allow_in_use is true; those tables keep the model they were made
-- with, and the new model is only the default for new ones. Another base_url removes the key, unless the key is given
-- again. fingerprint belongs to credentials.
create or replace function embedd.update_embedder(
  embedder text, name text default null, model text default null, api_key_ref text default null,
  base_url text default null, credentials jsonb default null, fingerprint bytea default null,
  allow_duplicate_name boolean default false, allow_in_use boolean default false)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_old embedd.embedders := embedd_internal.lock_embedder(embedder);
  v_new embedd.embedders := v_old;
begin
  perform embedd_internal.require_permission('update', 'embedder', v_old.owner_id);
  if update_embedder.name is not null then
    perform embedd_internal.check_name(update_embedder.name, 'embedder',
      not allow_duplicate_name and exists (select from embedd.embedders e
        where e.environment_id = v_old.environment_id and e.id <> v_old.id and e.name = update_embedder.name));
    v_new.name := update_embedder.name;
  end if;

  perform embedd_internal.check_text(update_embedder.model, 'model', 500, 'Name the model to embed with.', 0);
  perform embedd_internal.check_embedder_access(update_embedder.base_url, api_key_ref);
  v_new.base_url := coalesce(update_embedder.base_url, v_old.base_url);

  if update_embedder.model is not null and update_embedder.model is distinct from v_old.model then
    perform embedd_internal.check_model_name(v_old.provider, update_embedder.model, v_new.base_url);
    v_new.model := update_embedder.model;
    v_new.dimensionality := coalesce(
      (select m.dimensions from embedd.models m where m.provider = v_old.provider and m.model = update_embedder.model),
      v_old.dimensionality);
  end if;

  if api_key_ref is not null then
    v_new.secret_ref := api_key_ref;
    v_new.credentials := null;
    v_new.credentials_form := 'key';
    v_new.fingerprint := sha256(convert_to('reference ' || api_key_ref, 'UTF8'));
  elsif update_embedder.credentials is not null then
    v_new.secret_ref := null;
    v_new.credentials := update_embedder.credentials;
    v_new.credentials_form := 'key';
    v_new.fingerprint := update_embedder.fingerprint;
  end if;

  if v_new is distinct from v_old or api_key_ref is not null then
    perform embedd_internal.save_embedder(
      v_old, v_new, allow_in_use, api_key_ref is not null or update_embedder.credentials is not null);
  end if;
  perform embedd_internal.note_change('update_embedder', v_old.public_id);
  return v_old.public_id;
end
$$;
comment on function embedd.update_embedder(text, text, text, text, text, jsonb, bytea, boolean, boolean) is
  'Change an embedding configuration; null keeps. api_key_ref names where the key is: env:NAME or file:/path.';
