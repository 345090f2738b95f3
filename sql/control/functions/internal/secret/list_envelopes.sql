-- Return every sealed credential of all organizations and where it belongs, for a rotation by an operator who holds the
-- keys. address is what the envelope is bound to: for an embedder the result of embedder_address(), for a connection
-- the fields of its address.
create or replace function embedd_internal.list_envelopes()
returns table (kind text, id text, organization_id text, name text, envelope jsonb, form text, address jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select 'connections', id, organization_id, name, password, 'password',
         jsonb_build_object('host', host, 'port', port, 'username', username, 'ssl_mode', ssl_mode)
    from embedd.connections where password is not null
  union all
  select 'embedders', public_id, organization_id, name, credentials, credentials_form,
         to_jsonb(embedd_internal.embedder_address(provider, base_url, api_path))
    from embedd.embedders where credentials is not null
  order by 1, 2
$$;
