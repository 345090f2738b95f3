-- Return one connection by name or id.
create or replace function embedd.get_connection(connection text)
returns table (id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text,
               port int, database text, "user" text, ssl_mode text, capture text, created_at timestamptz,
               last_tested_at timestamptz, last_error text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_connection(connection);
begin
  return query select * from embedd.list_connections() c where c.id = v_id;
end
$$;
comment on function embedd.get_connection(text) is 'Return one connection by name or id, without its password.';
