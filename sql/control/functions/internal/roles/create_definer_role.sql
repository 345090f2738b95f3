-- Create the role embedd_definer, which in place of a superuser owns the functions that run with their owner's rights
-- (SECURITY DEFINER). The role has the rights that role_rights() lists, and no others. The functions that make trigger
-- functions belong to embedd_capture instead.
create or replace function embedd_internal.create_definer_role() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_function regprocedure;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    return;
  end if;
  perform embedd_internal.create_own_role('embedd_definer', 'owns the functions that run with their owner''s rights.');
  for v_function in
    select oid from pg_proc
     where pronamespace in ('embedd'::regnamespace, 'embedd_internal'::regnamespace) and prosecdef
       and proowner = (select oid from pg_roles where rolname = current_user)
       and proname not in ('generate_capture', 'drop_capture_function') and proname !~ '^capture_\d+$'
  loop
    execute format('alter function %s owner to embedd_definer', v_function);
  end loop;
end
$$;
