-- Return how to open a connection, including the envelope of the password. Only the service can open the envelope,
-- because it holds the key. The envelope also says how the server may ask for the password; earlier programs, which
-- prepared this call with these columns, ignore that entry.
create or replace function embedd_internal.connection_secret(p_connection_id text)
returns table (id text, organization_id text, host text, port int, database text, username text, password jsonb,
               ssl_mode text, capture text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, host, port, database, username,
         password || jsonb_build_object('authentication', authentication),
         ssl_mode, capture
    from embedd.connections where id = p_connection_id
$$;
