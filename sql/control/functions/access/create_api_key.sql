-- Stores a key that the caller made: only its digest and first characters. It acts as the acting user, with the role
-- that user has at the time of each request. Returns the key's id.
create or replace function embedd.create_api_key(name text, digest bytea, key_prefix text, permission text default 'full')
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  perform embedd.check_text(create_api_key.name, 'name', 100, 'Give the key a name.');
  if create_api_key.permission is null or create_api_key.permission not in ('full', 'read_only') then
    raise exception using errcode = 'EBV01', message = 'permission must be full or read_only.', hint = 'Choose one of them.';
  end if;
  if create_api_key.digest is null or length(create_api_key.digest) <> 32
     or create_api_key.key_prefix is null or length(create_api_key.key_prefix) <> 12 then
    raise exception using errcode = 'EBV01', message = 'digest must be a SHA-256 and key_prefix the first 12 characters of the key.',
      hint = 'The command embedd keys create makes a key and stores it.';
  end if;
  if embedd.acting_role() is null then
    raise exception using errcode = 'EBN08', message = 'The acting user is not in this organization.',
      hint = 'Check the settings embedd.organization and embedd.user.';
  end if;
  perform embedd.require_permission('create', 'api_key', embedd.acting_user());
  insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix, permission)
  values (embedd.acting_organization(), embedd.acting_user(), create_api_key.name, create_api_key.digest,
          create_api_key.key_prefix, create_api_key.permission)
  returning id into v_id;
  return v_id;
end
$$;
comment on function embedd.create_api_key(text, bytea, text, text) is 'Stores the SHA-256 of an API key; returns the key''s id.';
