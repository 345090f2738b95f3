-- The next polled source that is due; nobody else takes it before the lease is over. No row: none is due.
create or replace function embedd.claim_poll(p_stores text[], p_lease interval) returns table (generation_id bigint, sync_mode text)
language sql set search_path = pg_catalog, pg_temp
as $$
  with due as (
    select v.id, g.id as generation_id
      from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
     where v.capture_id is null and v.dropped_at is null and v.sync_status in ('synced', 'error')
       and v.last_synced_at is not null and g.store = any (p_stores) and v.next_poll_at <= clock_timestamp()
     order by v.next_poll_at limit 1 for update of v skip locked
  )
  update embedd.vector_tables v set next_poll_at = clock_timestamp() + p_lease
    from due where v.id = due.id
  returning due.generation_id, v.sync_mode
$$;
