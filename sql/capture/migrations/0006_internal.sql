-- Functions that only our programs and our other functions call move to a schema of their own, so that \df embedd.* shows
-- what users call. A function keeps its identity: triggers, policies and prepared statements go on using it.
do $$
declare
  v_function regprocedure;
begin
  if to_regnamespace('embedd_internal') is not null then
    raise exception using errcode = 'EBX01',
      message = 'There is a schema embedd_internal in this database that is not ours.',
      hint = 'If an earlier installation left it: drop schema embedd_internal cascade. Otherwise rename it. Then run this again.';
  end if;
  create schema embedd_internal;
  for v_function in
    select oid
      from pg_proc
     where pronamespace = 'embedd'::regnamespace
       and proname = any (regexp_split_to_array(btrim($names$
      capture_columns capture_relations capture_state check_condition check_consumer compare_capture_states
      condition_vocabulary create_capture_role create_capture_triggers create_own_role describe_source
      drop_capture_function enum_name generate_capture install_capture is_capture_whole key_text limit_lock_wait
      needs_row_triggers read_condition refuse_condition refuse_foreign_capture remove_capture repair_capture$names$, E' \n'), '\s+'))
  loop
    execute format('alter function %s set schema embedd_internal', v_function);
  end loop;
end
$$;
