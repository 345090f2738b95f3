-- Delete a connection that no vector table uses, together with its sealed password.
create or replace function embedd.delete_connection(connection text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_connection(connection);
  v_users text;
begin
  perform embedd_internal.authorize('delete', 'connection', v_id);
  -- The lock prevents new vector tables on the connection meanwhile.
  perform from embedd.connections where id = v_id for update;
  select string_agg(name, ', ' order by name)
    into v_users
    from embedd.vector_tables
   where connection_id = v_id and dropped_at is null;
  if v_users is not null then
    raise exception using errcode = 'EBC06', message = format('Vector tables still use this connection: %s.', v_users),
      hint = 'Drop those vector tables first.';
  end if;

  if (select host is null from embedd.connections where id = v_id) then
    raise exception using errcode = 'EBC06',
      message = 'The connection local is this database itself and cannot be deleted.',
      hint = 'Drop the vector tables that use it instead.';
  end if;

  if exists (select from embedd.vector_tables where connection_id = v_id) then
    raise exception using errcode = 'EBC06',
      message = 'The vectors of a dropped vector table are still being removed over this connection.',
      hint = 'Try again in a moment, when a worker has removed them.';
  end if;

  delete from embedd.connections where id = v_id;
  perform embedd_internal.note_change('delete_connection', v_id);
end
$$;
comment on function embedd.delete_connection(text) is 'Remove a connection that no vector table uses.';
