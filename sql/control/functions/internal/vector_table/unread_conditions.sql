-- Return the generations of vector tables whose current condition no worker has read yet.
create or replace function embedd_internal.unread_conditions() returns table (generation_id bigint, store text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select g.id, g.store
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
   where g.state = 'active' and v.dropped_at is null
     and v.condition is not null and v.condition is distinct from v.condition_read
$$;
