-- Create the triggers of one capture on one table, always enabled, so that replication roles fire them too. Existing
-- triggers are kept, and enabled again if they were disabled.
-- PostgreSQL clones row triggers of a partitioned table to its partitions, but not truncate triggers, so partitions get
-- theirs here (p_is_root is false). Inheritance children get both.
create or replace function embedd_internal.create_capture_triggers(
  p_table regclass, p_capture_id int, p_row_level boolean, p_is_root boolean)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_cloned boolean := not p_is_root and (select relispartition from pg_class where oid = p_table);
  v_kinds text[][] := case
    when v_cloned then '{{truncate,"",statement}}'
    when p_row_level then '{{row,"",row},{truncate,"",statement}}'
    else '{{insert,"referencing new table as new_rows",statement},
           {update,"referencing old table as old_rows new table as new_rows",statement},
           {delete,"referencing old table as old_rows",statement},
           {truncate,"",statement}}'
  end;
  v_kind text[];
  v_function regprocedure := to_regprocedure(format('embedd.capture_%s()', p_capture_id));
  v_name name;
begin
  foreach v_kind slice 1 in array v_kinds loop
    v_name := format('zz_embedd_%s_%s', p_capture_id, v_kind[1]);
    continue when exists (select from pg_trigger where tgrelid = p_table and tgname = v_name and tgfoid = v_function);
    execute format('create trigger %I after %s on %s %s for each %s execute function embedd.capture_%s()',
                   v_name, case v_kind[1] when 'row' then 'insert or update or delete' else v_kind[1] end,
                   p_table, v_kind[2], v_kind[3], p_capture_id);
    execute format('comment on trigger %I on %s is %L', v_name, p_table,
                   'embedd: writes keys of changed rows to embedd.outbox. '
                   'The function drop_vector_table of that schema removes it.');
  end loop;

  for v_name in
    select tgname
      from pg_trigger
     where tgrelid = p_table and tgfoid = v_function and tgenabled <> 'A'
     order by tgname
  loop
    execute format('alter table %s enable always trigger %I', p_table, v_name);
  end loop;
end
$$;
