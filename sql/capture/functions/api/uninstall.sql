-- Remove embedd from this database in one transaction: triggers, tables of vectors, both schemas, and the roles that
-- the installation made, where nothing else needs them. Source tables stay as they are. Without confirm => true the
-- function only lists what exists. Both forms also list the parts that this function cannot remove (removed is false).
-- `embedd uninstall` sends this file itself, so the function calls no other function of embedd than uninstall_parts(),
-- which is sent with it.
-- Locks: DROP TRIGGER takes ACCESS EXCLUSIVE. The first lock is waited for up to 2 s. Once one lock is held, the others
-- must follow within less than deadlock_timeout, so that PostgreSQL never cancels a writer to resolve a deadlock. After
-- a timeout all locks are released for a while before the next try.
create or replace function embedd.uninstall(confirm boolean default false)
returns table (kind text, name text, removed boolean, note text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_parts jsonb;
  v_part record;
  v_trigger record;
  v_grant record;
  v_detail text;
  v_until timestamptz;
  v_locked boolean := false;
  v_previous_timeout text := current_setting('lock_timeout');
  v_patience int := least(
    2000, nullif((select setting::int from pg_settings where pg_settings.name = 'lock_timeout'), 0));
begin
  -- Exclude concurrent installations and removals.
  if confirm then
    perform pg_advisory_xact_lock(hashtextextended('embedd.migrate', 0));
  end if;

  v_parts := (
    select coalesce(jsonb_agg(to_jsonb(p) order by n), '[]')
      from embedd.uninstall_parts() with ordinality p (kind, name, removed, note, n));
  if not confirm then
    raise notice 'Nothing was changed. To remove it: select * from embedd.uninstall(confirm => true)';
    return query select * from jsonb_to_recordset(v_parts) p (kind text, name text, removed boolean, note text);
    return;
  end if;

  if exists (select from jsonb_array_elements(v_parts) p where p ->> 'kind' = 'dependent') then
    raise exception using errcode = '2BP01',
      message = format('Objects of yours use embedd: %s.',
                       (select string_agg(p ->> 'name', ', ')
                          from jsonb_array_elements(v_parts) p
                         where p ->> 'kind' = 'dependent')),
      hint = 'Drop them first, or change them. Nothing was removed.';
  end if;

  -- Hide the notices of DROP CASCADE: the list above has shown these objects.
  perform set_config('client_min_messages', 'warning', true);
  for v_try in 1..10 loop
    begin
      v_until := null;
      for v_trigger in
        select t.tgname, c.oid::regclass as relation
          from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
         where p.pronamespace = to_regnamespace('embedd') and c.relnamespace <> p.pronamespace and t.tgparentid = 0
           and pg_has_role(c.relowner, 'usage')  -- triggers on tables of other owners go with their functions
         order by c.oid, t.tgname
      loop
        perform set_config(
          'lock_timeout',
          case when v_until is null then v_patience
               else greatest(1, extract(epoch from v_until - clock_timestamp()) * 1000) end::int::text,
          true);
        execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
        v_until := coalesce(v_until, clock_timestamp() + 0.8 * current_setting('deadlock_timeout')::interval);
      end loop;
      perform set_config(
        'lock_timeout',
        case when v_until is null then v_patience
             else greatest(1, extract(epoch from v_until - clock_timestamp()) * 1000) end::int::text,
        true);
      for v_part in
        select p ->> 'name' as name
          from jsonb_array_elements(v_parts) p
         where p ->> 'kind' = 'vectors' and (p ->> 'removed')::boolean
      loop
        execute format('drop table if exists %s', v_part.name);
      end loop;
      -- The trigger functions of the lists of words have the names of the lists.
      for v_part in
        select p ->> 'name' as name
          from jsonb_array_elements(v_parts) p
         where p ->> 'kind' = 'vectors' and (p ->> 'removed')::boolean
      loop
        execute format('drop function if exists %s()', v_part.name);
      end loop;
      -- The generated trigger functions are not part of the extension and would prevent its removal.
      for v_part in
        select p.oid::regprocedure as name
          from pg_proc p
         where p.pronamespace = to_regnamespace('embedd') and p.proname ~ '^capture_\d+$'
      loop
        execute format('drop function %s cascade', v_part.name);
      end loop;
      if exists (select from pg_extension where extname = 'embedd') then
        execute 'drop extension embedd cascade';
      end if;
      execute 'drop schema if exists embedd cascade';
      execute 'drop schema if exists embedd_internal cascade';
      perform set_config('lock_timeout', v_previous_timeout, true);
      v_locked := true;
      exit;
    exception
      when lock_not_available or deadlock_detected then
        perform pg_sleep(0.2 * v_try);
      when insufficient_privilege then
        raise exception using errcode = 'EBP02',
          message = format('The role %s may not remove embedd: %s.', current_user, sqlerrm),
          hint = 'Call this as the owner of schema embedd, who has to own the tables of vectors, too, or be granted '
                 'the role that does. Nothing was removed.';
    end;
  end loop;

  if not v_locked then
    raise exception using errcode = 'EBP02',
      message = 'Could not lock the source tables to drop their triggers: long transactions are using them.',
      hint = 'Try again when those transactions have ended; pg_stat_activity shows them. Nothing was removed.';
  end if;

  for v_part in select * from jsonb_to_recordset(v_parts) p (kind text, name text, removed boolean, note text) loop
    kind := v_part.kind; name := v_part.name; removed := v_part.removed; note := v_part.note;
    if kind = 'role' then
      begin
        -- Revoke the rights of the role in this database. Rights in other databases prevent its removal.
        for v_grant in
          select format('revoke all on %s from %I',
                        case d.classid
                          when 'pg_class'::regclass then 'table ' || d.objid::regclass
                          when 'pg_namespace'::regclass then 'schema ' || d.objid::regnamespace
                             else format('database %I', current_database()) end, name) as statement
            from pg_shdepend d
           where d.refobjid = to_regrole(quote_ident(name)) and d.deptype = 'a'
             and (d.dbid = (select oid from pg_database where datname = current_database())
                  and d.classid in ('pg_class'::regclass, 'pg_namespace'::regclass)
               or d.classid = 'pg_database'::regclass
                  and d.objid = (select oid from pg_database where datname = current_database()))
          union all
          select format('alter default privileges for role %I%s revoke all on tables from %I',
                        pg_get_userbyid(p.defaclrole),
                        ' in schema ' || nullif(p.defaclnamespace, 0)::regnamespace, name)
            from pg_default_acl p, aclexplode(p.defaclacl) a
           where p.defaclobjtype = 'r' and a.grantee = to_regrole(quote_ident(name))
        loop
          execute v_grant.statement;
        end loop;
        execute format('drop role %I', name);
        note := 'gone';
      exception when dependent_objects_still_exist or insufficient_privilege or object_in_use then
        get stacked diagnostics v_detail = pg_exception_detail;
        removed := false;
        note := format('It stays: %s.%s', sqlerrm,
                       coalesce(' ' || nullif(replace(v_detail, e'\n', ', '), '') || '.', ''));
      end;
    end if;
    return next;
  end loop;
end
$$;
comment on function embedd.uninstall(boolean) is
  'Remove embedd from this database; without confirm => true it only lists what would be removed.';
