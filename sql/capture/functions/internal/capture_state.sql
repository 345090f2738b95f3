-- Return the catalogue entries that a capture depends on, as names and values: each table of the tree, each trigger,
-- the captured columns, the trigger function. A changed value means that changes of rows may have been missed. The
-- value of a trigger includes xmin, because disabling and enabling a trigger leaves a new version of its catalogue row.
create or replace function embedd_internal.capture_state(p_capture_id int) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with capture as (
    select source_table, to_regprocedure(format('embedd.capture_%s()', id)) as function
      from embedd.captures
     where id = p_capture_id
  ), relations as (
    select r.relation
      from capture, embedd_internal.capture_relations(source_table) r
     where exists (select from pg_class where oid = r.relation)
  ), parts (name, value) as (
    select 'table ' || relation::oid, relation::text from relations
    union all
    select format('trigger %s %s', t.tgrelid, t.tgname), format('%s %s %s', t.tgenabled, t.oid, t.xmin)
      from pg_trigger t join capture on t.tgfoid = function
    union all
    select 'column ' || c.name, format('%s %s', c.type, a.xmin)
      from capture cross join embedd_internal.capture_columns(p_capture_id) c
      left join pg_attribute a on a.attrelid = source_table and a.attname = c.name
    union all
    select 'rows', embedd_internal.needs_row_triggers(source_table)::text from capture
    union all
    select 'function', md5(row(p.prosrc, p.prosecdef, p.proconfig, p.proowner)::text)
      from pg_proc p join capture on p.oid = function
  )
  select coalesce(jsonb_object_agg(name, value), '{}') from parts
$$;
