-- Return whether a worker fetches the events of the database behind a connection, over any connection to it, without an
-- error.
create or replace function embedd_internal.is_fetched(p_connection_id text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select exists (select from embedd.remote_outboxes t join embedd.remote_outboxes o using (line)
                  where t.connection_id = p_connection_id
                    and o.leased_until > clock_timestamp() and o.worker is not null and o.error is null)
$$;
