-- Return whether the lists of words of a store are complete, and the session may use them to search: it sees every row
-- of the table. The parameters name the table and its lists, which need not exist.
create or replace function embedd_internal.has_words(p_table text, p_words text, p_texts text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    not pg_catalog.row_security_active(pg_catalog.to_regclass($1)::oid)
      and pg_catalog.has_table_privilege(pg_catalog.to_regclass($2)::oid, 'select')
      and pg_catalog.has_table_privilege(pg_catalog.to_regclass($3)::oid, 'select')
      and exists (
        select from pg_catalog.pg_index x
         where x.indrelid = pg_catalog.to_regclass($2)::oid and x.indisvalid),
    false)
$$;
