-- Return status and type of the last backfill or rebackfill of a vector table; nulls if there was none. A cancelled one
-- counts as failed if rows of the present configuration may be missing.
create or replace function embedd_internal.last_backfill(
  p_vector_table_id text, out status text, out task_type text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  select t.status, t.task_type into status, task_type
    from embedd.tasks t
   where t.target_id = p_vector_table_id and t.task_type in ('backfill', 'rebackfill')
   order by t.created_at desc limit 1;
  if status = 'cancelled' and embedd_internal.is_interrupted(p_vector_table_id) then
    status := 'failed';
  end if;
end
$$;
