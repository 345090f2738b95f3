-- Revoke from PUBLIC what PostgreSQL grants on new routines. The routines are named one by one, because nothing can
-- be revoked on a routine that a superuser added.
do $embedd_rights$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
      from pg_proc p
     where p.pronamespace in ('embedd'::regnamespace, 'embedd_internal'::regnamespace)
       and pg_has_role(p.proowner, 'usage')
       and (p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))
  loop
    execute format('revoke all on routine %s from public', v_function);
  end loop;
end
$embedd_rights$;
select embedd_internal.create_capture_role();
-- Generate the trigger functions again, with the current generator.
select embedd_internal.generate_capture(id) from embedd.captures where source_table in (select oid from pg_class);
