-- Delete an environment and its embedders. The acting user needs the permission to delete environments and all
-- embedders in it. Refused for prod, which is the environment of requests that name none, and while the environment has
-- connections, vector tables, or vectors of dropped vector tables that a worker is still removing. The row of the
-- environment is locked first, so that nothing can be added meanwhile.
create or replace function embedd.delete_environment(environment text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_environment(delete_environment.environment);
  v_tables int;
  v_dropped int;
  v_connections int;
begin
  perform embedd_internal.authorize('delete', 'environment', v_id);
  if (select name = 'prod' from embedd.environments where id = v_id for update) then
    raise exception using errcode = 'EBC10',
      message = 'The environment prod cannot be deleted, because requests that name no environment use it.',
      hint = 'Delete what is in it instead.';
  end if;

  select count(*) filter (where dropped_at is null), count(*) filter (where dropped_at is not null)
    into v_tables, v_dropped from embedd.vector_tables where environment_id = v_id;
  select count(*) into v_connections from embedd.connections where environment_id = v_id;
  if v_tables + v_dropped + v_connections > 0 then
    raise exception using errcode = 'EBC10',
      message = case when v_tables + v_connections > 0
        then format('The environment still holds %s connections and %s vector tables.', v_connections, v_tables)
        else 'The vectors of dropped vector tables are still being removed from the environment.' end,
      hint = case when v_tables + v_connections > 0 then 'Delete them first.'
                  else 'Try again in a moment; a worker must be running.' end;
  end if;

  perform embedd_internal.require_permission('delete', 'embedder', owner_id)
     from embedd.embedders
    where environment_id = v_id;
  delete from embedd.embedders where environment_id = v_id;
  delete from embedd.environments where id = v_id;
  perform embedd_internal.note_change('delete_environment', v_id);
end
$$;
comment on function embedd.delete_environment(text) is
  'Remove an environment without connections and vector tables, and its embedders.';
