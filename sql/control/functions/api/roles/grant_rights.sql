-- Give the roles embedd_admin, embedd_worker, embedd_reader and embedd_definer, as far as they exist, exactly the
-- rights of role_rights(), and revoke all other rights they have in both schemas. The installation calls this function;
-- call it as the owner of the schemas after creating one of the roles.
-- Only differences are changed: PostgreSQL attributes a right that an extension script changes to the extension, and
-- dumps then omit all other rights on the same object. Trigger functions do not belong to the script (p_captures is
-- false).
create or replace function embedd.grant_rights(p_captures boolean default true) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_role name;
  v_schema name;
  v_change record;
begin
  for v_role in select rolname from pg_roles where rolname in (select role from embedd.role_rights()) loop
    for v_schema in
      select nspname
        from pg_namespace
       where nspname in ('embedd', 'embedd_internal')
         and not exists (
           select from aclexplode(nspacl) a where a.grantee = v_role::regrole and a.privilege_type = 'USAGE')
    loop
      execute format('grant usage on schema %I to %I', v_schema, v_role);
    end loop;

    for v_change in
      with relations as (
        select oid, format('embedd.%I', relname) as name, relacl,
               case relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end as kind
          from pg_class
         where relnamespace = 'embedd'::regnamespace
      ), listed (kind, object, privilege) as (
        select r.object_type, r.object,
               case when p.part is null then r.privilege else format('%s (%s)', p.part[1], c.name) end
          from embedd.role_rights() r
          left join regexp_match(r.privilege, '^(\w+) \((.*)\)$') p (part) on p.part is not null
          left join regexp_split_to_table(p.part[2], ', ') c (name) on true
         where r.role = v_role
      ), held as (
        select c.kind, c.name, lower(a.privilege_type)
          from relations c
          cross join aclexplode(c.relacl) a
         where a.grantee = v_role::regrole
        union all
        select 'table', c.name, format('%s (%s)', lower(a.privilege_type), t.attname)
          from relations c
          join pg_attribute t on t.attrelid = c.oid
          cross join aclexplode(t.attacl) a
         where a.grantee = v_role::regrole
        union all
        select case p.prokind when 'p' then 'procedure' else 'function' end,
               format('%s.%s', p.pronamespace::regnamespace, p.proname), lower(a.privilege_type)
          from pg_proc p
          cross join aclexplode(p.proacl) a
         where p.pronamespace in ('embedd'::regnamespace, 'embedd_internal'::regnamespace)
           and a.grantee = v_role::regrole
      ), changes (change, kind, object, privilege) as (
        select 'revoke %s on %s %s from %I', e.* from (table held except table listed) e
        union all
        select 'grant %s on %s %s to %I', m.* from (table listed except table held) m
      )
      select change, replace(kind, 'view', 'table') as kind, string_agg(privilege, ', ') as privileges,
             case when kind in ('function', 'procedure') then object::regproc::regprocedure::text
                  else object end as object
        from changes
       where p_captures or kind <> 'function' or object !~ '^embedd\.capture_\d+$'
       group by change, kind, changes.object
       order by change desc
    loop
      execute format(v_change.change, v_change.privileges, v_change.kind, v_change.object, v_role);
    end loop;
  end loop;

  perform embedd_internal.protect_rows();
end
$$;
comment on function embedd.grant_rights(boolean) is
  'Give the roles embedd_admin, embedd_worker and embedd_reader their rights in this schema.';
