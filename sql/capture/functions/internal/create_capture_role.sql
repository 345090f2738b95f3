-- Create the role embedd_capture, which owns the trigger functions in place of a superuser and can do nothing else.
-- Every installation by a superuser creates it, also in a cluster into which a dump was restored. Roles belong to the
-- whole cluster, so another database may have created the role already, or may be creating it now.
create or replace function embedd_internal.create_capture_role() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_function regprocedure;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    return;
  end if;

  perform embedd_internal.create_own_role('embedd_capture', 'owns the trigger functions that note changed rows.');
  -- Grant only missing rights, for the reason that grant_rights() gives.
  if not (has_schema_privilege('embedd_capture', 'embedd', 'usage')
          and has_schema_privilege('embedd_capture', 'embedd', 'create'))
  then
    grant usage, create on schema embedd to embedd_capture;
  end if;

  if not has_schema_privilege('embedd_capture', 'embedd_internal', 'usage') then
    grant usage on schema embedd_internal to embedd_capture;
  end if;

  if not has_table_privilege('embedd_capture', 'embedd.outbox', 'insert') then
    grant insert on embedd.outbox to embedd_capture;
  end if;

  if not has_table_privilege('embedd_capture', 'embedd.doorbell', 'select') then
    grant select on embedd.doorbell to embedd_capture;
  end if;

  if not has_table_privilege('embedd_capture', 'embedd.captures', 'select') then
    grant select on embedd.captures to embedd_capture;
  end if;

  if not has_function_privilege('embedd_capture', 'embedd_internal.capture_columns(int)', 'execute') then
    grant execute on function embedd_internal.capture_columns(int) to embedd_capture;
  end if;

  if not has_function_privilege('embedd_capture', 'embedd_internal.key_text(text, text[])', 'execute') then
    grant execute on function embedd_internal.key_text(text, text[]) to embedd_capture;
  end if;

  alter function embedd_internal.generate_capture(int) owner to embedd_capture;
  alter function embedd_internal.drop_capture_function(int) owner to embedd_capture;
  for v_function in
    select oid
      from pg_proc
     where pronamespace = 'embedd'::regnamespace
       and proname ~ '^capture_\d+$'
       and proowner <> 'embedd_capture'::regrole
  loop
    execute format('alter function %s owner to embedd_capture', v_function);
  end loop;
end
$$;
