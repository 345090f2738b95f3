-- Gives embedd_admin, embedd_worker and embedd_reader, those of them that exist, exactly the rights of role_rights(), and takes
-- what else they had here. The installation calls it; call it as the owner of the schema after making one of the roles.
create or replace function embedd.grant_rights() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_role name;
  v_grant record;
begin
  for v_role in select rolname from pg_roles where rolname in ('embedd_admin', 'embedd_worker', 'embedd_reader') loop
    execute format('revoke all on all tables in schema embedd from %I', v_role);
    execute format('revoke all on all sequences in schema embedd from %I', v_role);
    execute format('revoke all on all functions in schema embedd from %I', v_role);
    execute format('grant usage on schema embedd to %I', v_role);
    for v_grant in
      select r.object_type, string_agg(distinct r.privilege, ', ') as privileges,
             case r.object_type when 'function' then (select p.oid::regprocedure::text from pg_proc p
                                                       where p.pronamespace = 'embedd'::regnamespace and p.proname = r.object)
                  else format('embedd.%I', r.object) end as object
        from embedd.role_rights() r where r.role = v_role group by r.object_type, r.object
    loop
      execute format('grant %s on %s %s to %I', v_grant.privileges,
                     case v_grant.object_type when 'view' then 'table' else v_grant.object_type end, v_grant.object, v_role);
    end loop;
  end loop;
end
$$;
comment on function embedd.grant_rights() is 'Gives the roles embedd_admin, embedd_worker and embedd_reader their rights in this schema.';
