-- Create a new generation next to the active one, or in its place if the table was never filled. A generation that is
-- being built for the previous configuration is given up.
create or replace function embedd_internal.replace_generation(p_vector_table_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_empty boolean := (select sync_status = 'pending' from embedd.vector_tables where id = p_vector_table_id);
begin
  update embedd.generations set state = 'dropped'
   where vector_table_id = p_vector_table_id and (state = 'building' or v_empty and state = 'active');
  perform embedd_internal.create_generation(p_vector_table_id, case when v_empty then 'active' else 'building' end);
end
$$;
