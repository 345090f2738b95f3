-- Create the missing ones of the three roles, if the installing role may create roles. Otherwise a DBA creates them:
-- create role embedd_admin; create role embedd_worker; create role embedd_reader. The roles belong to the whole
-- cluster, cannot log in, and exist to have members. Their comments tell uninstall() which roles the installation made.
create or replace function embedd.create_roles() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_role record;
begin
  for v_role in
    select * from (values
      ('embedd_admin', 'manages vector tables, embedders and connections, and runs the REST API.'),
      ('embedd_worker', 'runs the worker.'),
      ('embedd_reader', 'reads status and usage, and searches.')) r (name, purpose)
     where to_regrole(r.name) is null and (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)
  loop
    begin
      execute format('create role %I nologin', v_role.name);
      execute format('comment on role %I is %L', v_role.name, 'Made by embedd: ' || v_role.purpose);
    exception when duplicate_object or unique_violation then
      null;  -- Another database of the cluster has just created the role.
    end;
  end loop;
end
$$;
