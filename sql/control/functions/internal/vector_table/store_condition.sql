-- Store the condition of a vector table as a worker has read and printed it, and clear an error of the previous one. A
-- condition that changed meanwhile stays.
create or replace function embedd_internal.store_condition(p_vector_table_id text, p_read text, p_condition text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.vector_tables
     set condition = p_condition, condition_read = p_condition
   where id = p_vector_table_id and condition = p_read;
  if found then
    perform embedd_internal.record_sync(id, null)
       from embedd.vector_tables
      where id = p_vector_table_id and last_error like 'where: %';
  end if;
end
$$;
