-- Move a capture to the table that now has the name of its source table, which was renamed, or dropped and created
-- again. Return true if no vector table is left on this capture.
create or replace function embedd_internal.follow_source(p_capture_id int) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_watched oid := (select source_table from embedd.captures where id = p_capture_id);
  v_table embedd.vector_tables;
  v_capture int;
begin
  for v_table in
    select *
      from embedd.vector_tables
     where capture_id = p_capture_id and to_regclass(format('%I.%I', source_schema, source_name)) <> v_watched
     order by id
  loop
    begin
      v_capture := embedd_internal.watch_source(
        v_table.source_schema, v_table.source_name, v_table.key_columns, v_table.columns, v_table.condition_columns);
      update embedd.vector_tables set capture_id = v_capture, changed_at = clock_timestamp() where id = v_table.id;
      perform embedd_internal.add_notice(
        v_table.id,
        'Another table has the name of the source table now; it is followed instead. All rows are compared.');
      perform embedd_internal.request_reconcile(v_table.id);
    exception when sqlstate 'EBV01' or sqlstate 'EBP02' or insufficient_privilege then
      perform embedd_internal.record_sync(
        v_table.id,
        'Another table has the name of the source table now, and its changes cannot be followed. ' || sqlerrm);
    end;
  end loop;

  if v_capture is null or embedd_internal.needed_columns(p_capture_id) is not null then
    return false;
  end if;
  begin
    perform embedd_internal.remove_capture(p_capture_id);
  exception when sqlstate 'EBP02' or insufficient_privilege then
    null;  -- The triggers stay on the old table without effect.
  end;
  return true;
end
$$;
