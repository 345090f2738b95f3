-- Return rows that were set aside, with the reason: the row cannot be read, or the provider or the store refuses it
-- (row), or three workers died while they worked on it (crash). A change of the row retries it; retry_dead_letters()
-- retries it without a change. The text of a row is never returned. Null: rows of all vector tables.
create or replace function embedd.dead_letters(vector_table text default null)
returns table (vector_table_name text, key text, reason text, message text, since timestamptz, attempts int)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when dead_letters.vector_table is not null
                    then embedd_internal.resolve_vector_table(dead_letters.vector_table) end;
begin
  return query
  select v.name, j.key, j.error_class, j.error, j.run_at, j.attempts
    from embedd.vector_tables v
    join embedd.generations g on g.vector_table_id = v.id and g.state in ('active', 'building')
    join embedd.jobs j on j.generation_id = g.id and j.state = 'dead'
   where v.environment_id = embedd_internal.acting_environment()
     and v.dropped_at is null
     and (v_id is null or v.id = v_id)
   order by v.name, j.run_at, j.key;
end
$$;
comment on function embedd.dead_letters(text) is
  'Return rows that were set aside and why; of one vector table or of all.';
