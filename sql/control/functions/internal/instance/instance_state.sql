-- Return whether this database still owns its stores: new (not registered yet), own, moved (the timeline changed or the
-- sequence of tokens was set back, so the database lost state it once had), foreign (a copy), or standby.
create or replace function embedd_internal.instance_state() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
  v_now record;
begin
  if pg_is_in_recovery() then
    return 'standby';
  end if;
  select * into v_stored from embedd.instance;
  if not found then
    return 'new';
  end if;
  v_now := embedd_internal.read_identity();
  return case
    when v_now.system_identifier <> v_stored.system_identifier or v_now.database_oid <> v_stored.database_oid
         or v_now.table_oid <> v_stored.table_oid or v_stored.rivalled then 'foreign'
    when v_now.timeline <> v_stored.timeline or (select last_value from embedd.fence) < v_stored.fence_high then 'moved'
    else 'own' end;
end
$$;
