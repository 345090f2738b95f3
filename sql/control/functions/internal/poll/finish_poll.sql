-- End a cycle over a polled source; the next one starts after p_delay. After an error nothing was deleted. Without an
-- error and a count only the time changes: the cycle continues, or it was interrupted.
create or replace function embedd_internal.finish_poll(
  p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.record_sync(p_vector_table_id, p_error, p_source_rows)
   where p_error is not null or p_source_rows is not null;
  update embedd.vector_tables set next_poll_at = clock_timestamp() + p_delay where id = p_vector_table_id
$$;
