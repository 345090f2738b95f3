-- Return how far the backfill is that the answers of a generation still lack rows or metadata of, as rows_processed of
-- rows_total (null until the rows are counted); null if the answers are complete. Answers are partial during the first
-- backfill, and while rows or metadata columns are added to the vectors that answer. After such a rebackfill has failed
-- or was cancelled they stay partial, with no row as processed, until a backfill is complete. They are complete while a
-- filled table is compared once more, and while other vectors are built next to those that answer.
create or replace function embedd_internal.partial_answer(p_generation_id bigint) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table embedd.vector_tables;
  v_task embedd.tasks;
  v_interrupted boolean;
begin
  select v.* into v_table
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id
   where g.id = p_generation_id;
  v_interrupted := embedd_internal.is_interrupted(v_table.id);

  select * into v_task
    from embedd.tasks t
   where t.generation_id = p_generation_id
     and t.status in ('pending', 'running') and t.task_type in ('backfill', 'rebackfill');
  if v_task.id is null then
    return case when v_interrupted then jsonb_build_object('rows_processed', 0, 'rows_total', null) end;
  end if;
  return case when v_interrupted or v_table.last_synced_at is null or v_task.task_type = 'rebackfill' then
           jsonb_build_object('rows_processed', embedd_internal.rows_done(v_task), 'rows_total', v_task.rows_total)
         end;
end
$$;
