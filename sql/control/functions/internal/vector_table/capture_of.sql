-- Return how changes of a vector table's source reach the ledger, and what follows from it: the one list of the kinds.
-- remote: the database of the connection may have triggers. compared: workers compare the rows with what the ledger
-- knows of them; interval names the setting that says how often (batch, cdc or captured). reports: changes are reported
-- as events.
create or replace function embedd_internal.capture_of(p_vector_table_id text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select to_jsonb(k)
    from embedd.vector_tables v
    join embedd.connections c on c.id = v.connection_id
    cross join lateral (values
      -- Triggers in this database write events.
      ('trigger', false, false, v.sync_mode, true),
      -- Triggers in the database of the connection write events, which a worker fetches.
      ('remote_trigger', true, true, 'captured', true),
      -- That database may have triggers, but they are missing or their events do not arrive. It is polled meanwhile.
      ('remote_poll', true, true, v.sync_mode, false),
      -- Only SELECT is possible.
      ('poll', false, true, v.sync_mode, false)
    ) k (kind, remote, compared, "interval", reports)
   where v.id = p_vector_table_id
     and k.kind = case
       when v.capture_id is not null then 'trigger'
       when c.capture is distinct from 'remote_trigger' then 'poll'
       when v.remote_capture_id is not null
            and exists (select from embedd.remote_outboxes o where o.connection_id = c.id and o.error is null)
         then 'remote_trigger'
       else 'remote_poll'
     end
$$;
