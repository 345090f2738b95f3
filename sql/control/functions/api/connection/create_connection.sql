-- Store the address and the credentials of a source database; return the id of the connection. The password arrives
-- encrypted, or not at all. The database is not contacted: the connection test does that.
create or replace function embedd.create_connection(
  name text, mode text, host text, database text, username text, password jsonb default null, port int default 5432,
  ssl_mode text default 'prefer', id text default null, allow_duplicate_name boolean default false,
  authentication text default 'scram-sha-256')
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_environment text := embedd_internal.acting_environment();
  v_id text := coalesce(create_connection.id, 'conn_' || replace(gen_random_uuid()::text, '-', ''));
begin
  perform embedd_internal.require_permission('create', 'connection', embedd_internal.acting_user());
  perform embedd_internal.check_name(create_connection.name, 'connection',
    not allow_duplicate_name and exists (select from embedd.connections c
      where c.environment_id = v_environment and c.name = create_connection.name));
  if create_connection.mode is null or create_connection.mode not in ('managed', 'platform') then
    raise exception using errcode = 'EBV01', message = 'mode must be managed or platform.',
      hint = 'managed keeps vectors in Qdrant, platform in the source database.';
  end if;

  perform embedd_internal.check_address(create_connection.host, create_connection.port, create_connection.database,
                               create_connection.username, create_connection.ssl_mode,
                               create_connection.authentication);
  perform embedd_internal.check_quota('connection');
  insert into embedd.connections (id, organization_id, environment_id, name, mode, host, port, database, username,
                                  password, ssl_mode, authentication, created_by)
  values (v_id, embedd_internal.acting_organization(), v_environment, create_connection.name, create_connection.mode,
          create_connection.host, create_connection.port, create_connection.database, create_connection.username,
          create_connection.password, create_connection.ssl_mode, create_connection.authentication,
          embedd_internal.acting_user());
  perform embedd_internal.note_change('create_connection', v_id);
  return v_id;
end
$$;
comment on function embedd.create_connection(text, text, text, text, text, jsonb, int, text, text, boolean, text) is
  'Store how to reach a source database; returns its id. Test it before use.';
