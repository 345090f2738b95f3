-- Create a role that owns functions of embedd in place of a superuser, unless the role exists. It cannot log in and has
-- no members, because a member could change what those functions do. Raises an error if a role of that name exists with
-- other properties.
create or replace function embedd_internal.create_own_role(p_role name, p_purpose text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  begin
    execute format('create role %I nologin', p_role);
  exception when duplicate_object or unique_violation then
    null;  -- Another database of the cluster has created the role.
  end;
  if exists (
    select from pg_roles r
     where r.rolname = p_role
       and (r.rolcanlogin or r.rolsuper or r.rolcreaterole or exists (
             select from pg_auth_members m join pg_roles o on o.oid in (m.member, m.roleid) and o.oid <> r.oid
              where r.oid in (m.member, m.roleid) and not (o.oid = m.member and o.rolsuper))))
  then
    raise exception using errcode = 'EBX01',
      message = format('The role %I of this cluster does not belong to embedd.', p_role),
      hint = 'It must not log in, have its own rights or have members. '
             'Rename or drop it, then run the installation again.';
  end if;

  if shobj_description(p_role::regrole, 'pg_authid') is null then
    execute format('comment on role %I is %L', p_role, 'Made by embedd: ' || p_purpose);
  end if;
end
$$;
