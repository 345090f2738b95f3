-- Ensure that triggers write the changes of a table to the outbox. The control database calls this function over a
-- connection.
-- Returns the id of the capture, and the id of the capture line, by which two connections to one database are
-- recognised. Changes nothing where the triggers are complete. Returns nulls for a view, which cannot have such
-- triggers.
create or replace function embedd.begin_capture(
  p_installation uuid, p_table text, p_key text[], p_columns text[], out capture_id int, out line uuid)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass := to_regclass(p_table);
  v_trouble text;
begin
  if not exists (select from pg_class where oid = v_table and relkind in ('r', 'p') and relpersistence <> 't') then
    return;
  end if;

  -- A missing column would make each write look like a change of the table's shape.
  if exists (select from unnest(p_key || p_columns) n
              where n not in (
                select attname from pg_attribute where attrelid = v_table and attnum > 0 and not attisdropped)) then
    raise exception using errcode = 'EBV01',
      message = format('The table %s has no such columns: %s.', v_table, array_to_string(p_key || p_columns, ', ')),
      hint = 'Name columns it has.';
  end if;

  perform embedd_internal.check_consumer(p_installation, true);
  line := (select c.line from embedd.consumer c);
  select id into capture_id from embedd.captures c
   where c.source_table = v_table and c.key_columns = p_key and c.tracked_columns @> p_columns
     and c.row_level = embedd_internal.needs_row_triggers(v_table)
     and embedd_internal.is_capture_whole(c.id, embedd_internal.capture_state(c.id))
     and not exists (
       select from pg_trigger t
        where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', c.id)) and t.tgenabled <> 'A');
  if found then
    return;
  end if;

  capture_id := embedd_internal.install_capture(v_table, p_key, p_columns);
  v_trouble := embedd_internal.repair_capture(capture_id);
  if v_trouble is not null then
    raise exception using errcode = 'EBP02',
      message = format('The triggers on %s could not be repaired. %s', v_table, v_trouble),
      hint = 'embedd tries again.';
  end if;
exception when insufficient_privilege then
  raise exception using errcode = 'EBP02',
    message = format('The role %s may not create triggers on %s: it has to own the table and the schema embedd there.',
                     current_user, coalesce(v_table::text, p_table)),
    hint = format('grant %s to %I', (select string_agg(distinct quote_ident(pg_get_userbyid(owner)), ', ')
                                       from (select relowner from pg_class where oid = v_table
                                             union
                                             select nspowner from pg_namespace where nspname = 'embedd') o (owner)
                                      where not pg_has_role(owner, 'usage')), current_user);
end
$$;
comment on function embedd.begin_capture(uuid, text, text[], text[]) is
  'Ensure that triggers write the changes of a table to the outbox, over a connection; returns the capture''s id.';
