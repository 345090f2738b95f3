-- Return one API key by id, with the columns of list_api_keys().
create or replace function embedd.get_api_key(api_key text)
returns table (id text, org_id text, name text, key_prefix text, permission text, created_by uuid,
               created_at timestamptz, revoked_at timestamptz, expires_at timestamptz, minted_by text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query select * from embedd.list_api_keys() k where k.id = api_key;
  if not found then
    raise exception using errcode = 'EBN06', message = format('There is no API key %s.', api_key),
      hint = 'List the API keys to see which exist.';
  end if;
end
$$;
comment on function embedd.get_api_key(text) is 'Return one API key by id, without the key itself.';
