-- Validate a condition on the rows of a table of this database. Returns the condition as PostgreSQL prints it, and the
-- columns it names.
-- First read_condition() checks the tokens, and the types of the columns are looked up: from then on the condition can
-- only consist of built-in parts. Then PostgreSQL checks it as the predicate of an index: one boolean expression over
-- the row's own columns that always has the same value for the same row. Session settings that matter (such as the time
-- zone of a timestamp without one) are those of the sessions that read rows.
create or replace function embedd_internal.check_condition(
  p_condition text, p_table regclass, out condition text, out columns text[])
language plpgsql set search_path = pg_catalog, pg_temp
  set standard_conforming_strings = on set TimeZone = 'UTC' set DateStyle = 'ISO, YMD'
  set IntervalStyle = 'postgres' set extra_float_digits = 1
as $$
declare
  v_read record := embedd_internal.read_condition(p_condition);
  v_facts jsonb := embedd_internal.describe_source(p_table::text) -> 'columns';
  v_name text;
  v_column jsonb;
  -- PostgreSQL turns such a text into a point in time when it reads the condition; then fewer of them are left.
  v_passing text := '''\s*(now|today|tomorrow|yesterday)\s*''';
begin
  foreach v_name in array v_read.columns loop
    v_column := (select c from jsonb_array_elements(v_facts) c where c ->> 'name' = v_name);
    if v_column is null then
      perform embedd_internal.refuse_condition(format('there is no column "%s"', v_name),
        format('Columns are %s.', (select string_agg(c ->> 'name', ', ') from jsonb_array_elements(v_facts) c)));
    elsif v_column ->> 'compared_as' = 'row'
          or v_name = any (v_read.compared)
             and coalesce(v_column ->> 'compared_as', '') <> 'enum'
             and coalesce(regexp_replace(v_column ->> 'compared_as', '\[\]$|^character$', ''), '-')
                 <> all ((embedd_internal.condition_vocabulary()).types || array[''])
    then
      perform embedd_internal.refuse_condition(
        format('"%s" is of type %s, which a condition cannot compare',
               v_name, v_column ->> 'type'),
        format('A condition can only test "%s" is null. Make a view that has the result as a column, '
               'and use the view as source table.', v_name));
    end if;
  end loop;

  columns := v_read.columns;
  execute format('create temporary table embedd_condition (like %s) on commit drop', p_table);
  execute format(E'create index on pg_temp.embedd_condition ((true)) where (%s\n)', p_condition);
  condition := (
    select pg_get_expr(i.indpred, i.indrelid)
      from pg_index i
     where i.indrelid = 'pg_temp.embedd_condition'::regclass);
  drop table pg_temp.embedd_condition;
  if (select count(*) from regexp_matches(p_condition, v_passing, 'gi'))
     > (select count(*) from regexp_matches(condition, v_passing, 'gi'))
  then
    perform embedd_internal.refuse_condition('''now'' and ''today'' mean another time whenever they are read');
  end if;
exception
  when syntax_error_or_access_rule_violation or data_exception or feature_not_supported then
    raise exception using errcode = 'EBV01', message = format('where: %s.', sqlerrm),
      hint = 'Write one condition on the columns of the source table, without its name, '
             'as in: price > 0 and status = ''active''.';
end
$$;
