-- Return generations whose store is in use, for regular upkeep; a table has none before its first backfill.
create or replace function embedd_internal.list_generations() returns table (generation_id bigint, store text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select g.id, g.store
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
   where g.state <> 'dropped' and v.dropped_at is null and v.sync_status <> 'pending'
   order by g.id
$$;
