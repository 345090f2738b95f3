-- Store an API key that the caller generated: only its digest and its first characters. The key acts as the acting
-- user, with the role which that user has at the time of each request. A key made with another key records that key and
-- does not outlive it: without expires_at it expires together with that key. Returns the id of the new key.
create or replace function embedd.create_api_key(
  name text, digest bytea, key_prefix text, permission text default 'full', expires_at timestamptz default null)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_acting text := embedd_internal.acting_key();
  v_ends timestamptz;
  v_id text;
begin
  perform embedd_internal.check_text(create_api_key.name, 'name', 100, 'Give the key a name.');
  if create_api_key.permission is null or create_api_key.permission not in ('full', 'read_only') then
    raise exception using errcode = 'EBV01',
      message = 'permission must be full or read_only.',
      hint = 'Choose one of them.';
  end if;

  if create_api_key.digest is null or length(create_api_key.digest) <> 32
     or create_api_key.key_prefix is null or length(create_api_key.key_prefix) <> 12 then
    raise exception using errcode = 'EBV01',
      message = 'digest must be a SHA-256 and key_prefix the first 12 characters of the key.',
      hint = 'The command embedd keys create makes a key and stores it.';
  end if;

  if create_api_key.expires_at not between now() and now() + interval '100 years' then
    raise exception using errcode = 'EBV01', message = 'expires_at must be in the future, within 100 years.',
      hint = 'Leave it out for a key that ends when it is revoked.';
  end if;

  if embedd_internal.acting_role() is null then
    raise exception using errcode = 'EBN08', message = 'The acting user is not in this organization.',
      hint = 'Check the settings embedd.organization and embedd.user.';
  end if;

  perform embedd_internal.require_permission('create', 'api_key', embedd_internal.acting_user());
  if v_acting is not null then
    select k.expires_at into strict v_ends from embedd.api_keys k
     where k.id = v_acting and k.organization_id = embedd_internal.acting_organization();
  end if;

  if create_api_key.expires_at > v_ends then
    raise exception using errcode = 'EBV01',
      message = format('expires_at must not be later than %s, when the key of this request expires.',
                       to_char(v_ends at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
      hint = 'Leave it out to use that time, or use a key that lasts longer.';
  end if;

  perform embedd_internal.check_quota('API key');
  insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix, permission, expires_at, minted_by)
  values (embedd_internal.acting_organization(), embedd_internal.acting_user(),
          create_api_key.name, create_api_key.digest,
          create_api_key.key_prefix, create_api_key.permission, coalesce(create_api_key.expires_at, v_ends), v_acting)
  returning id into v_id;
  perform embedd_internal.note_change('create_api_key', v_id);
  return v_id;
end
$$;
comment on function embedd.create_api_key(text, bytea, text, text, timestamptz) is
  'Store the SHA-256 of an API key; returns the key''s id.';
