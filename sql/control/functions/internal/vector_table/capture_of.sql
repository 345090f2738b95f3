-- Return how changes of a vector table's source reach the ledger. `trigger`: triggers in this database.
-- `remote_trigger`: triggers in the database of its connection, whose events are fetched. `remote_poll`: that database
-- may have triggers, but they are missing or their events do not arrive, so it is polled meanwhile. `poll`: only SELECT
-- is possible.
create or replace function embedd_internal.capture_of(p_vector_table_id text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case
      when v.capture_id is not null then 'trigger'
      when c.capture is distinct from 'remote_trigger' then 'poll'
      when v.remote_capture_id is not null
           and exists (select from embedd.remote_outboxes o where o.connection_id = c.id and o.error is null)
        then 'remote_trigger'
      else 'remote_poll'
    end
    from embedd.vector_tables v
    join embedd.connections c on c.id = v.connection_id
   where v.id = p_vector_table_id
$$;
