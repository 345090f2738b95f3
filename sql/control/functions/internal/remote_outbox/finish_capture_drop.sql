-- Record that the remote capture of dropped vector tables is gone, and forget those tables whose stores are gone too.
create or replace function embedd_internal.finish_capture_drop(p_connection_id text, p_capture_id int) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables set remote_capture_id = null
   where connection_id = p_connection_id and remote_capture_id = p_capture_id and dropped_at is not null;
  delete from embedd.vector_tables v
   where v.connection_id = p_connection_id and v.dropped_at is not null and v.remote_capture_id is null
     and not exists (select from embedd.generations g where g.vector_table_id = v.id);
  select embedd_internal.forget_organizations();
$$;
