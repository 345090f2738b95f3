-- Have dumps include the rows of all tables, which belong to the user, except the list of migrations and the shipped
-- models, which the scripts of the extension fill themselves, and search requests, which last minutes.
do $embedd_register$
declare
  v_relation oid;
begin
  for v_relation in
    select c.oid from pg_depend d join pg_class c on c.oid = d.objid
     where d.refclassid = 'pg_extension'::regclass
       and d.refobjid = (select oid from pg_extension where extname = 'embedd')
       and d.classid = 'pg_class'::regclass and d.deptype = 'e' and c.relkind in ('r', 'S')
       and c.relname <> 'migrations'
     order by c.relname
  loop
    perform pg_extension_config_dump(v_relation,
      case v_relation
        when to_regclass('embedd.models') then 'where origin = ''operator'''
        when to_regclass('embedd.search_requests') then 'where false'
        else '' end);
  end loop;
end
$embedd_register$;
