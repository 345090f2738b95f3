-- Change how a source database is reached; null keeps a value. The connection must be tested again before new work,
-- while its vector tables continue with the new credentials. The password is kept only for the address it was given
-- for: another host, port or user, or a weaker ssl_mode, removes it unless it is sent again.
create or replace function embedd.update_connection(
  connection text, name text default null, host text default null, port int default null, database text default null,
  username text default null, password jsonb default null, ssl_mode text default null,
  allow_duplicate_name boolean default false,
  authentication text default null)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd_internal.resolve_connection(connection);
  v_modes constant text[] := '{disable,allow,prefer,require,verify-ca,verify-full}';
  v_old embedd.connections;
  v_new embedd.connections;
  v_moved boolean;
  v_removed boolean;
  v_authentication text;
begin
  perform embedd_internal.authorize('update', 'connection', v_id);
  perform embedd_internal.note_change('update_connection', v_id);
  select * into v_old from embedd.connections c where c.id = v_id for no key update;
  if update_connection.name is not null then
    perform embedd_internal.check_name(update_connection.name, 'connection',
      not allow_duplicate_name and exists (select from embedd.connections c
        where c.environment_id = v_old.environment_id and c.id <> v_id and c.name = update_connection.name));
    update embedd.connections c set name = update_connection.name where c.id = v_id;
  end if;

  if coalesce(update_connection.host, update_connection.port::text, update_connection.database,
              update_connection.username, update_connection.password::text, update_connection.ssl_mode,
              update_connection.authentication) is null
  then
    return v_id;
  end if;

  if v_old.host is null then
    raise exception using errcode = 'EBV01',
      message = format('The connection %s is this database itself and has no credentials.', v_old.name),
      hint = 'Create another connection for another database.';
  end if;

  v_new := jsonb_populate_record(v_old, jsonb_strip_nulls(jsonb_build_object(
    'host', update_connection.host, 'port', update_connection.port, 'database', update_connection.database,
    'username', update_connection.username, 'ssl_mode', update_connection.ssl_mode,
    'password', update_connection.password)));
  v_moved := (v_new.host, v_new.port, v_new.username) is distinct from (v_old.host, v_old.port, v_old.username)
             or array_position(v_modes, v_new.ssl_mode) < array_position(v_modes, v_old.ssl_mode);
  v_removed := v_moved and v_old.password is not null and update_connection.password is null;
  v_authentication := coalesce(
    update_connection.authentication, case when v_moved then 'scram-sha-256' else v_old.authentication end);
  perform embedd_internal.check_address(
    v_new.host, v_new.port, v_new.database, v_new.username, v_new.ssl_mode, v_authentication);
  update embedd.connections c
     set host = v_new.host,
         port = v_new.port,
         database = v_new.database,
         username = v_new.username,
         ssl_mode = v_new.ssl_mode,
         authentication = v_authentication,
         password = case when not v_removed then v_new.password end,
         status = 'created',
         last_error = case when v_removed then
           'The password was removed, because host, port, user or ssl_mode changed: send it again.' end
   where c.id = v_id;
  -- Another database would have other triggers, or none: the next comparison installs them.
  update embedd.vector_tables v
     set next_poll_at = now()
   where v.connection_id = v_id and v.remote_capture_id is not null;
  return v_id;
end
$$;
comment on function embedd.update_connection(text, text, text, int, text, text, jsonb, text, boolean, text) is
  'Change a connection; null keeps a value. Test it again; another address needs the password again.';
