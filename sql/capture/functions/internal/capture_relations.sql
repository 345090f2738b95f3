-- Return the tables whose changes can change what the given table shows: the table itself, its partitions and its
-- inheritance children.
create or replace function embedd_internal.capture_relations(p_table regclass) returns table (relation regclass)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with recursive tree as (
    select p_table::oid as relid
    union
    select i.inhrelid from tree join pg_inherits i on i.inhparent = tree.relid
  )
  select relid::regclass from tree
$$;
