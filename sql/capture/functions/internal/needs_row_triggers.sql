-- Return whether a table needs row triggers instead of statement triggers. Statement triggers on one table of a tree
-- miss changes that name another table, and logical replication fires row triggers only.
create or replace function embedd_internal.needs_row_triggers(p_table regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select c.relkind = 'p' or c.relispartition
         or exists (select from pg_inherits where p_table in (inhrelid, inhparent))
         or exists (select from pg_subscription_rel where srrelid = p_table)
    from pg_class c where c.oid = p_table
$$;
