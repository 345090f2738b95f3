-- Stops watching: drops the triggers wherever they are, the function and the row. Doing it twice changes nothing.
create or replace function embedd.remove_capture(p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_trigger record;
begin
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname
      from pg_trigger t
     where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', p_capture_id)) and t.tgparentid = 0
  loop
    execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
  end loop;
  execute format('drop function if exists embedd.capture_%s()', p_capture_id);
  delete from embedd.outbox where capture_id = p_capture_id;
  delete from embedd.captures where id = p_capture_id;
end
$$;
