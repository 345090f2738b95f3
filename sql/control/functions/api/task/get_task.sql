-- Return one task by id.
create or replace function embedd.get_task(task text)
returns table (id text, org_id text, task_type text, target_id text, status text, priority int, last_processed_pk text,
               rows_processed bigint, rows_total bigint, attempts int, max_attempts int, last_error text,
               created_at timestamptz, started_at timestamptz, finished_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query select * from embedd.tasks(null) t where t.id = task;
  if not found then
    raise exception using errcode = 'EBN05',
      message = format('There is no task %s.', task),
      hint = 'List the tasks to see which exist.';
  end if;
end
$$;
comment on function embedd.get_task(text) is 'Return one task by id, with its progress.';
