-- Request a backfill, which brings every row of the source table up to date; a worker does the work. A row that is
-- already up to date costs a read and no embedding. Returns the id of the task.
create or replace function embedd.backfill(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
  v_task text;
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  select * into v_table from embedd.vector_tables where id = v_id for no key update;
  if v_table.sync_status = 'paused' then
    raise exception using errcode = 'EBC02',
      message = 'Sync of this vector table is paused.',
      hint = 'Resume it first.';
  end if;

  if (select status from embedd.connections where id = v_table.connection_id) <> 'connected' then
    raise exception using errcode = 'EBR01', message = 'The connection of this vector table is not connected.',
      hint = format('Test it first: POST /v1/connections/%s/test.', v_table.connection_id);
  end if;

  if exists (
    select from embedd.tasks
     where target_id = v_id and task_type in ('backfill', 'rebackfill') and status in ('pending', 'running'))
  then
    raise exception using errcode = 'EBC01', message = 'A backfill of this vector table is already running.',
      hint = 'Wait for it to end; its progress shows in the sync status.';
  end if;

  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v_table.organization_id, 'backfill', v_id, id from embedd.generations
   where vector_table_id = v_id and state = 'active'
  returning id into v_task;
  update embedd.vector_tables
     set sync_status = 'backfilling', last_error = null, last_error_at = null, changed_at = now()
   where id = v_id;
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('backfill', v_id);
  return v_task;
end
$$;
comment on function embedd.backfill(text) is 'Bring every row of the source table up to date; returns the task''s id.';
