-- A condition on the rows of a table as PostgreSQL itself writes it, and the columns it names: what the predicate of an index
-- may be, hence one boolean expression over the row's own columns that is the same for the same row at any time.
-- The same statements run over any connection, also on databases without this schema: Python has them in sources/condition.py.
create or replace function embedd.check_condition(p_condition text, p_table regclass, out condition text, out columns text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_probe record;
begin
  -- A loop has one statement: more than one is refused before any of them runs. This one reads nothing.
  for v_probe in execute format(E'select from %s where (%s\n) limit 0', p_table, p_condition) loop
  end loop;
  execute format('create temporary table embedd_condition (like %s) on commit drop', p_table);
  execute format(E'create index on pg_temp.embedd_condition ((true)) where (%s\n)', p_condition);
  select pg_get_expr(i.indpred, i.indrelid), array(
           select distinct a.attname::text from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid > 0 order by 1)
    into condition, columns from pg_index i where i.indrelid = 'pg_temp.embedd_condition'::regclass;
  drop table pg_temp.embedd_condition;
exception
  when syntax_error_or_access_rule_violation or data_exception or feature_not_supported then
    raise exception using errcode = 'EBV01', message = format('where: %s.', sqlerrm),
      hint = 'Write one condition on the columns of the source table, without its name, as in: price > 0 and status = ''active''.';
end
$$;
