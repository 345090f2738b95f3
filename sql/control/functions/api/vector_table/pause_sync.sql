-- Pause automatic sync of a table that was filled once, and return its id. Queries still get answers, and changes are
-- kept for later. A table whose backfill has not finished cannot be paused, because resume_sync() would take it for
-- synced.
create or replace function embedd.pause_sync(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
  v_status text;
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  select sync_status into v_status from embedd.vector_tables where id = v_id for no key update;
  if v_status = 'paused' then
    raise exception using errcode = 'EBC02', message = 'Sync of this vector table is already paused.',
      hint = 'Resume it before pausing again.';
  end if;
  if v_status not in ('synced', 'error') then
    raise exception using errcode = 'EBC04',
      message = format('Sync of this vector table is %s, so it cannot be paused.', v_status),
      hint = 'Wait until its backfill has finished.';
  end if;
  if v_status = 'error' and (
       not exists (
         select from embedd.tasks
          where target_id = v_id and task_type in ('backfill', 'rebackfill') and status = 'completed')
       or exists (
         select from embedd.tasks
          where target_id = v_id and task_type in ('backfill', 'rebackfill') and status in ('pending', 'running'))) then
    raise exception using errcode = 'EBC04',
      message = 'The backfill of this vector table has not finished, so its sync cannot be paused.',
      hint = 'Fix the error its sync status shows, or cancel the task.';
  end if;

  update embedd.vector_tables set sync_status = 'paused', changed_at = now() where id = v_id;
  perform embedd_internal.note_change('pause_sync', v_id);
  return v_id;
end
$$;
comment on function embedd.pause_sync(text) is 'Pause automatic sync; queries still get answers and changes are kept.';
