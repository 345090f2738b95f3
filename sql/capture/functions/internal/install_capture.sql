-- Install the triggers on a source table; return the id of the capture. All vector tables on the same table and key
-- share one capture, and here its tracked columns only grow.
-- Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE. It waits for running writers, and later writers queue behind it, so
-- limit_lock_wait() limits the wait. After a timeout all locks are released before the next try, so that writers are
-- not blocked.
create or replace function embedd_internal.install_capture(p_table regclass, p_key text[], p_columns text[]) returns int
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id int;
  v_row_level boolean := embedd_internal.needs_row_triggers(p_table);
  v_relation regclass;
  v_held_since timestamptz;
  v_previous_timeout text := current_setting('lock_timeout');
begin
  loop
    select id into v_id from embedd.captures where source_table = p_table and key_columns = p_key for update;
    if found then
      update embedd.captures
         set tracked_columns = array(select distinct unnest(tracked_columns || p_columns) order by 1)
       where id = v_id and not tracked_columns @> p_columns;
      perform embedd_internal.generate_capture(v_id);
      return v_id;
    end if;
    -- No row is returned if another session has just added the same capture.
    insert into embedd.captures (source_table, key_columns, tracked_columns, row_level)
    values (p_table, p_key, p_columns, v_row_level)
    on conflict do nothing returning id into v_id;
    exit when found;
  end loop;

  perform embedd_internal.generate_capture(v_id);
  for v_try in 1..10 loop
    begin
      v_held_since := null;
      for v_relation in select relation from embedd_internal.capture_relations(p_table) loop
        perform embedd_internal.limit_lock_wait(v_held_since);
        perform embedd_internal.create_capture_triggers(v_relation, v_id, v_row_level, v_relation = p_table);
        v_held_since := coalesce(v_held_since, clock_timestamp());
      end loop;
      perform set_config('lock_timeout', v_previous_timeout, true);
      return v_id;
    exception when lock_not_available then
      perform pg_sleep(0.2 * v_try);
    end;
  end loop;

  raise exception using errcode = 'EBP02',
    message = format('Could not lock %s to create its triggers: long transactions are writing to it.', p_table),
    hint = 'Try again when those transactions have ended; pg_stat_activity shows them.';
end
$$;
