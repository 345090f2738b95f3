-- Return the number of stores in use that still have to be read after a failover or restore.
create or replace function embedd_internal.count_unread_stores() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*)
    from embedd.unread_stores u join embedd.generations g on g.id = u.generation_id
   where g.state <> 'dropped'
$$;
