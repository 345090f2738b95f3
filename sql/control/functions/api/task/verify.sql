-- Request a row-by-row comparison of the source table and the store; a worker does the work. With repair, rows that
-- differ are queued to be brought up to date. A running sweep is cancelled first. Returns the id of the task;
-- verification() returns the result.
create or replace function embedd.verify(vector_table text, repair boolean default false) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  select * into v_table from embedd.vector_tables where id = v_id for no key update;
  if v_table.sync_status = 'pending' then
    raise exception using errcode = 'EBR02',
      message = 'This vector table was never filled, so there is nothing to compare.',
      hint = 'Request a backfill first.';
  end if;

  if v_table.sync_status = 'paused' then
    raise exception using errcode = 'EBC02',
      message = 'Sync of this vector table is paused.',
      hint = 'Resume it first.';
  end if;

  update embedd.tasks t set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
    from embedd.verifications s
   where t.target_id = v_id and t.task_type = 'verify' and t.status in ('pending', 'running')
     and s.task_id = t.id and s.sweep;
  if exists (
    select from embedd.tasks
     where target_id = v_id and task_type = 'verify' and status in ('pending', 'running'))
  then
    raise exception using errcode = 'EBC11', message = 'A verification of this vector table is already running.',
      hint = 'Wait for it to end, or cancel its task.';
  end if;

  perform embedd_internal.note_change('verify', v_id);
  return embedd_internal.start_verification(v_id, repair, false);
end
$$;
comment on function embedd.verify(text, boolean) is 'Compare source and store row by row; returns the task''s id.';
