-- Add a notice; the newest thousand are kept.
create or replace function embedd_internal.add_notice(p_vector_table_id text, p_message text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.notices where id <= (select max(id) - 1000 from embedd.notices);
  insert into embedd.notices (vector_table_id, message) values (p_vector_table_id, p_message);
$$;
