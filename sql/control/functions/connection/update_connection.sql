-- Changes how a connection is reached; what is null stays. Credentials are replaced whole, and the connection has to be
-- tested again before new work; vector tables on it go on with the new ones.
create or replace function embedd.update_connection(
  connection text, name text default null, host text default null, port int default null, database text default null,
  username text default null, password jsonb default null, ssl_mode text default null, allow_duplicate_name boolean default false)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd.resolve_connection(connection);
  v_old embedd.connections;
begin
  perform embedd.authorize('update', 'connection', v_id);
  perform embedd.note_change('update_connection', v_id);
  select * into v_old from embedd.connections c where c.id = v_id for no key update;
  if update_connection.name is not null then
    perform embedd.check_name(update_connection.name, 'connection',
      not allow_duplicate_name and exists (select from embedd.connections c
        where c.environment_id = v_old.environment_id and c.id <> v_id and c.name = update_connection.name));
    update embedd.connections c set name = update_connection.name where c.id = v_id;
  end if;
  if coalesce(update_connection.host, update_connection.port::text, update_connection.database, update_connection.username,
              update_connection.password::text, update_connection.ssl_mode) is null then
    return v_id;
  end if;
  if v_old.host is null then
    raise exception using errcode = 'EBV01', message = format('The connection %s is this database itself and has no credentials.', v_old.name),
      hint = 'Create another connection for another database.';
  end if;
  perform embedd.check_address(
    coalesce(update_connection.host, v_old.host), coalesce(update_connection.port, v_old.port),
    coalesce(update_connection.database, v_old.database), coalesce(update_connection.username, v_old.username),
    coalesce(update_connection.ssl_mode, v_old.ssl_mode));
  update embedd.connections c
     set host = coalesce(update_connection.host, c.host), port = coalesce(update_connection.port, c.port),
         database = coalesce(update_connection.database, c.database), username = coalesce(update_connection.username, c.username),
         password = coalesce(update_connection.password, c.password), ssl_mode = coalesce(update_connection.ssl_mode, c.ssl_mode),
         status = 'created', last_error = null
   where c.id = v_id;
  -- Another database would have other triggers, or none: the next comparison sees to that.
  update embedd.vector_tables v set next_poll_at = now() where v.connection_id = v_id and v.remote_capture_id is not null;
  return v_id;
end
$$;
comment on function embedd.update_connection(text, text, text, int, text, text, jsonb, text, boolean) is
  'Changes a connection; null keeps. With new credentials it has to be tested again.';
