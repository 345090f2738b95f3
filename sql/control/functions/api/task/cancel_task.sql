-- Cancel a pending or running task. A table whose first backfill is cancelled is pending again. A generation that was
-- being built is abandoned, and the active generation continues with its own configuration. A table whose vectors were
-- being brought up to a new configuration is in error until a backfill is complete, because rows may be missing.
create or replace function embedd.cancel_task(task text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
  v_filled boolean;
  v_interrupted boolean;
begin
  select * into v_task from embedd.tasks t
   where t.id = task and t.organization_id = embedd_internal.acting_organization() for update;
  if not found then
    raise exception using errcode = 'EBN05',
      message = format('There is no task %s.', task),
      hint = 'List the tasks to see which exist.';
  end if;

  perform embedd_internal.authorize('update', 'vector_table', v_task.target_id);
  if v_task.status not in ('pending', 'running') then
    raise exception using errcode = 'EBC07', message = format('The task is already %s.', v_task.status),
      hint = 'Only a pending or running task can be cancelled.';
  end if;

  update embedd.tasks
     set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
   where id = v_task.id;
  if exists (select from embedd.generations where id = v_task.generation_id and state = 'building') then
    perform embedd_internal.abandon_generation(v_task.target_id);
  end if;

  delete from embedd.jobs j
   where j.generation_id = v_task.generation_id and j.leased_until is null and v_task.task_type <> 'verify'
     and j.lane = embedd_internal.task_lane(v_task.task_type);
  -- A running attempt finds its range gone and writes nothing.
  delete from embedd.ranges where task_id = v_task.id;
  if v_task.task_type in ('backfill', 'rebackfill') then
    -- last_synced_at may come from a few changed rows: only a completed backfill has filled the table.
    v_filled := exists (select from embedd.tasks
      where target_id = v_task.target_id and task_type in ('backfill', 'rebackfill') and status = 'completed')
      and not (select refilling from embedd.generations where id = v_task.generation_id);
    v_interrupted := embedd_internal.is_interrupted(v_task.target_id);
    update embedd.vector_tables
       set sync_status = case when not v_filled then 'pending' when v_interrupted then 'error' else 'synced' end,
           last_synced_at = case when v_filled then last_synced_at end, changed_at = now(),
           last_error = case when v_filled and v_interrupted then
             'A change of the configuration was cancelled before all rows had it. Request a backfill.'
             else last_error end,
           last_error_at = case when v_filled and v_interrupted then clock_timestamp() else last_error_at end
     where id = v_task.target_id and sync_status in ('backfilling', 'pending_rebackfill', 'error');
  end if;

  perform embedd_internal.note_change('cancel_task', v_task.id);
end
$$;
comment on function embedd.cancel_task(text) is 'Cancel a pending or running task.';
