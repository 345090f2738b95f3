-- Lease the next polled source that is due, and return its generations in use. No other worker takes the source before
-- the lease ends. No row if none is due.
create or replace function embedd_internal.claim_poll(p_stores text[], p_lease interval)
returns table (generation_id bigint, sync_mode text)
language sql set search_path = pg_catalog, pg_temp
as $$
  with due as (
    select v.id
      from embedd.organizations o join embedd.vector_tables v on v.organization_id = o.id
      join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
     where o.status = 'active' and v.capture_id is null and v.dropped_at is null
       and v.sync_status in ('synced', 'error', 'pending_rebackfill')
       and v.last_synced_at is not null and g.store = any (p_stores) and v.next_poll_at <= clock_timestamp()
     order by v.next_poll_at limit 1 for update of v skip locked
  ), taken as (
    update embedd.vector_tables v set next_poll_at = clock_timestamp() + p_lease
      from due where v.id = due.id
    returning v.id, v.sync_mode
  )
  select g.id, t.sync_mode from taken t
    join embedd.generations g on g.vector_table_id = t.id and g.state in ('active', 'building', 'draining')
   order by g.state = 'active', g.id
$$;
