-- Return what embedd noticed and repaired by itself, newest first: failovers, triggers that were dropped or disabled,
-- partitions that were added or removed. Returns the notices of one vector table, or of all that the caller can see.
-- vector_table_name is null in a notice about the whole database.
create or replace function embedd.notices(vector_table text default null, "limit" int default 100)
returns table (at timestamptz, vector_table_name text, message text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when notices.vector_table is not null
                    then embedd_internal.resolve_vector_table(notices.vector_table) end;
begin
  return query
  select n.at, v.name, n.message
    from embedd.notices n left join embedd.vector_tables v on v.id = n.vector_table_id
   where (n.vector_table_id is null or v.environment_id = embedd_internal.acting_environment() and v.dropped_at is null)
     and (v_id is null or n.vector_table_id = v_id)
   order by n.id desc limit "limit";
end
$$;
comment on function embedd.notices(text, int) is 'Return what embedd noticed and repaired by itself, newest first.';
