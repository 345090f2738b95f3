-- Return the active generation of a vector table, in the form of get_generation().
create or replace function embedd_internal.get_active_generation(vector_table text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
begin
  return (
    select embedd_internal.get_generation(id)
      from embedd.generations
     where vector_table_id = v_id and state = 'active');
end
$$;
