-- Return remote captures whose triggers still have to be removed, because their last vector table was dropped. Captures
-- that another vector table needs, over the same connection or another one to the same database, are released first.
create or replace function embedd_internal.list_dropped_captures()
returns table (connection_id text, remote_capture_id int)
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.finish_capture_drop(d.connection_id, d.remote_capture_id)
    from embedd.vector_tables d join embedd.remote_outboxes o using (connection_id)
    join embedd.remote_outboxes t using (line)
    join embedd.vector_tables v on v.connection_id = t.connection_id and v.remote_capture_id = d.remote_capture_id
   where d.dropped_at is not null and v.dropped_at is null;

  select distinct connection_id, remote_capture_id
    from embedd.vector_tables
   where dropped_at is not null and remote_capture_id is not null
$$;
