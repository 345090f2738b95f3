-- Give the acting environment a connection to the database in which embedd is installed, with the rights of the API and
-- the worker there. The function is for the operator, in SQL alone: no REST operation calls it, and no other connection
-- is that database.
create or replace function embedd.create_local_connection(name text default 'local') returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_environment text := embedd_internal.acting_environment();
  v_id text := 'conn_' || replace(gen_random_uuid()::text, '-', '');
begin
  perform embedd_internal.check_name(create_local_connection.name, 'connection',
    exists (
      select from embedd.connections c
       where c.environment_id = v_environment and c.name = create_local_connection.name));
  insert into embedd.connections (id, organization_id, environment_id, name, status, capture, created_by)
  values (v_id, embedd_internal.acting_organization(), v_environment, create_local_connection.name,
          'connected', 'trigger', embedd_internal.acting_user());
  perform embedd_internal.note_change('create_local_connection', v_id);
  return v_id;
end
$$;
comment on function embedd.create_local_connection(text) is
  'Let an environment read the database embedd is installed in; for the operator. Returns the connection''s id.';
