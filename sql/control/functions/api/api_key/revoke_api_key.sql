-- Revoke an API key with immediate effect, because every request looks its key up. Revoking twice changes nothing.
-- Owners and admins may revoke every key of the organization, members only their own; for members, the keys of other
-- users do not exist, as in list_api_keys(). Keys that were made with this key stay valid; a notice names them.
create or replace function embedd.revoke_api_key(api_key text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_minted text;
begin
  update embedd.api_keys set revoked_at = coalesce(revoked_at, now())
   where id = api_key and organization_id = embedd_internal.acting_organization()
     and (user_id = embedd_internal.acting_user() or embedd_internal.has_permission('delete', 'api_key', 'any'));
  if not found then
    raise exception using errcode = 'EBN06', message = format('There is no API key %s.', api_key),
      hint = 'List the API keys to see which exist.';
  end if;
  perform embedd_internal.note_change('revoke_api_key', api_key);
  select string_agg(m.id, ', ') into v_minted from embedd.minted_keys(api_key) m;
  if v_minted is not null then
    raise notice 'Keys that were made with it stay valid: %', v_minted
      using hint = format('See select * from embedd.minted_keys(%L), and revoke those you do not want.', api_key);
  end if;
end
$$;
comment on function embedd.revoke_api_key(text) is
  'Revoke an API key at once; it stays listed, and keys made with it stay valid.';
