-- Return the alias of each vector table in the managed store, with the collection that answers for it now. No
-- collection has a name with this prefix. A detached copy of the database has its own aliases, as it has
-- collections.
create or replace function embedd_internal.list_aliases() returns table (alias text, collection text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.require_instance();
  return query
    select 'embedd_active_' || v.id
             || coalesce((select '_' || left(uid::text, 6) from embedd.instance where detached), ''),
           g.store_table
      from embedd.generations g
      join embedd.vector_tables v on v.id = g.vector_table_id
     where g.state = 'active' and g.store = 'qdrant' and v.dropped_at is null
     order by g.id;
end
$$;
