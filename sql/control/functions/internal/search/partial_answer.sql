-- Return how far the backfill is that the answers of a generation still lack rows or metadata of, as rows_processed of
-- rows_total (null until the rows are counted); null if the answers are complete. Answers are partial during the first
-- backfill, and while rows or metadata columns are added to the vectors that answer. They are complete while a filled
-- table is compared once more, and while other vectors are built next to those that answer.
create or replace function embedd_internal.partial_answer(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('rows_processed', embedd_internal.rows_done(t), 'rows_total', t.rows_total)
    from embedd.tasks t
    join embedd.vector_tables v on v.id = t.target_id
   where t.generation_id = p_generation_id
     and t.status in ('pending', 'running') and t.task_type in ('backfill', 'rebackfill')
     and (v.last_synced_at is null or t.task_type = 'rebackfill')
$$;
