-- Lease the next vector table whose source must be counted, and return its active generation. No other worker takes it
-- before the lease ends. began: rows that are added or removed from then on may be missing from the count. No row if
-- none is due.
create or replace function embedd_internal.claim_count(p_lease interval)
returns table (generation_id bigint, began timestamptz)
language sql set search_path = pg_catalog, pg_temp
as $$
  with taken as (
    update embedd.vector_tables v set next_count_at = clock_timestamp() + p_lease
     where v.id = (
       select c.id
         from embedd.vector_tables c
        where c.id in (select embedd_internal.due_counts())
        order by c.next_count_at limit 1 for update skip locked)
    returning v.id
  )
  select g.id, clock_timestamp()
    from taken t join embedd.generations g on g.vector_table_id = t.id and g.state = 'active'
$$;
