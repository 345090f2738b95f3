-- Return what comparing source and store found, for each vector table: in the last complete verification, and in total.
-- A table that was never compared has no row.
create or replace function embedd.drift(vector_table text default null)
returns table (vector_table_id text, name text, task_id text, verified_at timestamptz, rows_compared bigint,
               difference bigint, waiting bigint, repaired bigint, total_difference bigint, total_repaired bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when drift.vector_table is not null
                    then embedd_internal.resolve_vector_table(drift.vector_table) end;
  v_environment text := embedd_internal.acting_environment();
begin
  return query
  with done as (
    select s.*, t.finished_at, t.rows_processed, s.missing + s.stale + s.orphaned + s.unreadable as difference,
           row_number() over (partition by s.vector_table_id order by t.finished_at desc) as place
      from embedd.verifications s join embedd.tasks t on t.id = s.task_id
     where t.status = 'completed' and (v_id is null or s.vector_table_id = v_id)
  ), summed as (
    select d.vector_table_id, sum(d.difference)::bigint as found, sum(d.repaired)::bigint as repaired
      from done d
     group by 1
  )
  select v.id, v.name, d.task_id, d.finished_at, d.rows_processed, d.difference, d.waiting, d.repaired,
         a.found, a.repaired
    from done d
    join summed a using (vector_table_id)
    join embedd.vector_tables v on v.id = d.vector_table_id
   where d.place = 1 and v.environment_id = v_environment and v.dropped_at is null
   order by v.created_at, v.id;
end
$$;
comment on function embedd.drift(text) is
  'Return what comparing source and store found and repaired, per vector table.';
