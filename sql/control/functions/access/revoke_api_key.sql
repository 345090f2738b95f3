-- Effective at once: every request looks its key up. Revoking twice changes nothing. Owners and admins revoke any key of
-- the organization, members their own; another's does not exist for them, here as in the list.
create or replace function embedd.revoke_api_key(api_key text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.api_keys set revoked_at = coalesce(revoked_at, now())
   where id = api_key and organization_id = embedd.acting_organization()
     and (user_id = embedd.acting_user() or embedd.has_permission('delete', 'api_key', 'any'));
  if not found then
    raise exception using errcode = 'EBN06', message = format('There is no API key %s.', api_key),
      hint = 'List the API keys to see which exist.';
  end if;
  perform embedd.note_change('revoke_api_key', api_key);
end
$$;
comment on function embedd.revoke_api_key(text) is 'Revokes an API key at once; it stays listed.';
