-- How to open a connection, password envelope included: for the service alone, which holds the key.
create or replace function embedd.connection_secret(p_connection_id text)
returns table (id text, organization_id text, host text, port int, database text, username text, password jsonb,
               ssl_mode text, authentication text, capture text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, host, port, database, username, password, ssl_mode, authentication, capture
    from embedd.connections where id = p_connection_id
$$;
