-- Return the columns that a capture reads: the key, the tracked columns, and the columns from which virtual generated
-- columns among them are computed. A virtual column has no value inside a trigger, so it is not compared itself
-- (compared is false). A dropped column has no type (null).
create or replace function embedd_internal.capture_columns(p_capture_id int)
returns table (name name, compared boolean, type oid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with named as (
    select distinct c.source_table, n.name::name collate "C" as name
      from embedd.captures c cross join unnest(c.tracked_columns || c.key_columns) n (name)
     where c.id = p_capture_id
  ), needed as (
    select * from named
    union
    select n.source_table, b.attname
      from named n
      join pg_attribute a on a.attrelid = n.source_table and a.attname = n.name and a.attgenerated = 'v'
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                      and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
      join pg_attribute b on b.attrelid = a.attrelid and b.attnum = p.refobjsubid and b.attnum <> a.attnum
  )
  select n.name, a.attgenerated is distinct from 'v', a.atttypid
    from needed n left join pg_attribute a on a.attrelid = n.source_table and a.attname = n.name
   order by n.name
$$;
