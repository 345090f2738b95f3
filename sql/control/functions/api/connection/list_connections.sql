-- Return the connections of the environment as the API shows them, oldest first, after the given position; never a
-- password.
create or replace function embedd.list_connections(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text,
               port int, database text, "user" text, ssl_mode text, capture text, created_at timestamptz,
               last_tested_at timestamptz, last_error text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, environment_id, name, provider, mode, status, host, port, database, username, ssl_mode,
         capture, created_at, last_tested_at, last_error
    from embedd.connections
   where environment_id = embedd_internal.acting_environment() and (created_at, id) > (after_created_at, after_id)
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_connections(int, timestamptz, text) is
  'Return connections of the environment, oldest first.';
