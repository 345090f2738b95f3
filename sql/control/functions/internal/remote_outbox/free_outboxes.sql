-- Return connections with tables on remote triggers whose outbox no worker fetches. A worker that fetches over one
-- connection takes the events of all connections to the same database.
create or replace function embedd_internal.free_outboxes() returns table (connection_id text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select o.connection_id from embedd.remote_outboxes o join embedd.connections c on c.id = o.connection_id
    join embedd.organizations a on a.id = c.organization_id and a.status = 'active'
   where (o.leased_until is null or o.leased_until < clock_timestamp()) and c.capture = 'remote_trigger'
     and not exists (
       select from embedd.remote_outboxes t
        where t.line = o.line and t.worker is not null and t.leased_until > clock_timestamp())
     and exists (
       select from embedd.vector_tables v
        where v.connection_id = c.id and v.remote_capture_id is not null and v.dropped_at is null)
$$;
