-- Puts the condition of a vector table into the words in which a worker reads it. One that was changed meanwhile stays.
create or replace function embedd.store_condition(p_vector_table_id text, p_read text, p_condition text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables set condition = p_condition where id = p_vector_table_id and condition = p_read and condition <> p_condition
$$;
