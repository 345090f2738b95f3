-- Revoke from PUBLIC what PostgreSQL grants on new functions. Only new functions are touched: PostgreSQL attributes a
-- right that a script changes to the script, and dumps then omit all other rights on the same function.
do $embedd_private$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_depend d join pg_proc p on p.oid = d.objid
     where d.refclassid = 'pg_extension'::regclass
       and d.refobjid = (select oid from pg_extension where extname = 'embedd')
       and d.classid = 'pg_proc'::regclass and d.deptype = 'e' and p.proacl is null
  loop
    execute format('revoke all on routine %s from public', v_function);
  end loop;
end
$embedd_private$;
