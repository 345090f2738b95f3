-- Record the result of installing a capture in the database of a table's connection: the id of the remote capture, or
-- the reason why there is none. A new reason becomes a notice once, and the table is polled.
create or replace function embedd_internal.record_remote_capture(
  p_vector_table_id text, p_capture_id int, p_line uuid, p_refusal text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if p_capture_id is null then
    perform embedd_internal.add_notice(p_vector_table_id, p_refusal)
      where p_refusal is distinct from (
        select n.message
          from embedd.notices n
         where n.vector_table_id = p_vector_table_id
         order by n.id desc limit 1);
    return;
  end if;
  update embedd.vector_tables set remote_capture_id = p_capture_id, changed_at = clock_timestamp()
   where id = p_vector_table_id and dropped_at is null and remote_capture_id is distinct from p_capture_id;
  insert into embedd.remote_outboxes as o (connection_id, line)
  select connection_id, p_line from embedd.vector_tables where id = p_vector_table_id
  on conflict (connection_id) do update set line = excluded.line where o.line <> excluded.line;
end
$$;
