-- Return what a verification found, so far or in the end. difference counts rows that are not in the store as they are
-- in the source.
create or replace function embedd.verification(task text)
returns table (task_id text, vector_table_id text, name text, status text, repair boolean, sweep boolean,
               rows_compared bigint, difference bigint, missing bigint, stale bigint, orphaned bigint,
               unreadable bigint, waiting bigint, skipped bigint, dead bigint, repaired bigint, examples jsonb,
               last_error text,
               started_at timestamptz, finished_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select t.id, v.id, v.name, t.status, s.repair, s.sweep, t.rows_processed,
         s.missing + s.stale + s.orphaned + s.unreadable,
         s.missing, s.stale, s.orphaned, s.unreadable, s.waiting, s.skipped, s.dead, s.repaired, s.examples,
         t.last_error, t.started_at, t.finished_at
    from embedd.verifications s
    join embedd.tasks t on t.id = s.task_id
    join embedd.vector_tables v on v.id = s.vector_table_id
   where t.id = task and t.organization_id = embedd_internal.acting_organization();
  if not found then
    raise exception using errcode = 'EBN05', message = format('There is no verification %s.', task),
      hint = 'Give the id that verify() returned.';
  end if;
end
$$;
comment on function embedd.verification(text) is 'Return what a verification found: counts and some keys of each kind.';
