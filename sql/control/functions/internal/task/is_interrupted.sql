-- Return whether a rebackfill of the generation that answers queries failed or was cancelled, and no backfill that was
-- requested later is complete: rows or metadata of the present configuration may then be missing. A rebackfill that
-- builds another generation does not count, because it leaves the one that answers as it was.
create or replace function embedd_internal.is_interrupted(p_vector_table_id text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from embedd.generations g
      join embedd.tasks t on t.generation_id = g.id
     where g.vector_table_id = p_vector_table_id and g.state = 'active'
       and t.task_type = 'rebackfill' and t.status in ('failed', 'cancelled')
       and not exists (
         select from embedd.tasks c
          where c.generation_id = g.id and c.task_type in ('backfill', 'rebackfill') and c.status = 'completed'
            and c.created_at > t.created_at));
end
$$;
