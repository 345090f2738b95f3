-- Bring the trigger function and the triggers of a capture to the state that a new installation would create, and drop
-- triggers from tables that left the tree. Returns null, or the reason why that was not possible; then nothing was
-- changed. limit_lock_wait() limits the waits for locks.
create or replace function embedd_internal.repair_capture(p_capture_id int) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_capture embedd.captures := (select c from embedd.captures c where c.id = p_capture_id);
  v_row_level boolean := embedd_internal.needs_row_triggers(v_capture.source_table);
  v_previous_timeout text := current_setting('lock_timeout');
  v_trigger record;
  v_held_since timestamptz;
  v_relation regclass;
begin
  if not exists (select from pg_class where oid = v_capture.source_table) then
    return null;
  end if;

  -- Drop triggers of the other kind and triggers on tables that left the tree. Clones go with their originals.
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname from pg_trigger t
     where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', p_capture_id)) and t.tgparentid = 0
       and (v_row_level <> v_capture.row_level
            or t.tgrelid not in (
              select relation from embedd_internal.capture_relations(v_capture.source_table)))
     order by t.tgrelid
  loop
    perform embedd_internal.limit_lock_wait(v_held_since);
    execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
    v_held_since := coalesce(v_held_since, clock_timestamp());
  end loop;

  update embedd.captures set row_level = v_row_level where id = p_capture_id and row_level <> v_row_level;
  perform embedd_internal.generate_capture(p_capture_id);
  for v_relation in select relation from embedd_internal.capture_relations(v_capture.source_table) loop
    perform embedd_internal.limit_lock_wait(v_held_since);
    perform embedd_internal.create_capture_triggers(
      v_relation, p_capture_id, v_row_level, v_relation = v_capture.source_table);
    v_held_since := coalesce(v_held_since, clock_timestamp());
  end loop;

  perform set_config('lock_timeout', v_previous_timeout, true);
  return null;
exception
  when lock_not_available then
    return 'Long transactions are using the table; embedd tries again.';
  when insufficient_privilege then
    return format('The role %s may not change triggers there: grant it the role that owns the table, '
                  'or call select embedd_internal.audit_capture(%s) as that role.',
                  current_user, p_capture_id);
end
$$;
