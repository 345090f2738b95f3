-- How to open a connection, password envelope included: for the service alone, which holds the key. Beside the envelope is said in
-- which way the server may ask for the password; programs of before, which have prepared this call, read past it.
create or replace function embedd_internal.connection_secret(p_connection_id text)
returns table (id text, organization_id text, host text, port int, database text, username text, password jsonb,
               ssl_mode text, capture text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, host, port, database, username, password || jsonb_build_object('authentication', authentication),
         ssl_mode, capture
    from embedd.connections where id = p_connection_id
$$;
