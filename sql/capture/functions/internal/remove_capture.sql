-- Stop capturing a table: drop the triggers on all tables of the tree, the trigger function and the row in
-- embedd.captures. A second call changes nothing. Events in the outbox stay; a caller with rights on the outbox deletes
-- them.
-- Locks: DROP TRIGGER takes ACCESS EXCLUSIVE, behind which even readers queue, so the wait is limited as in
-- install_capture().
create or replace function embedd_internal.remove_capture(p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass := (select source_table from embedd.captures where id = p_capture_id);
  v_trigger record;
  v_held_since timestamptz;
  v_previous_timeout text := current_setting('lock_timeout');
begin
  for v_try in 1..10 loop
    begin
      v_held_since := null;
      for v_trigger in
        select t.tgrelid::regclass as relation, t.tgname
          from pg_trigger t
         where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', p_capture_id)) and t.tgparentid = 0
         order by t.tgrelid <> v_table, t.tgrelid
      loop
        perform embedd_internal.limit_lock_wait(v_held_since);
        execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
        v_held_since := coalesce(v_held_since, clock_timestamp());
      end loop;
      perform set_config('lock_timeout', v_previous_timeout, true);
      perform embedd_internal.drop_capture_function(p_capture_id);
      delete from embedd.captures where id = p_capture_id;
      return;
    exception
      when lock_not_available then
        perform pg_sleep(0.2 * v_try);
      when insufficient_privilege then
        raise exception using errcode = 'EBP02',
          message = format('The role %s may not drop the triggers on %s: it does not own the table.',
                           current_user, v_table),
          hint = format('Call this as the owner of the table, or: grant %s to %I',
                        (select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = v_table),
                        current_user);
    end;
  end loop;

  raise exception using errcode = 'EBP02',
    message = format('Could not lock %s to drop its triggers: long transactions are using it.', v_table),
    hint = 'Try again when those transactions have ended; pg_stat_activity shows them.';
end
$$;
