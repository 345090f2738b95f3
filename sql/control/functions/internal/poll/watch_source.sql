-- Install triggers on a table of this database, after checking that the current role may create them, and store the
-- state that capture checks compare with. Return the id of the capture.
create or replace function embedd_internal.watch_source(
  p_schema text, p_name text, p_key text[], p_columns json, p_more text[] default '{}') returns int
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation regclass := to_regclass(format('%I.%I', p_schema, p_name));
  v_own jsonb := embedd_internal.describe_source(format('%I.%I', p_schema, p_name));
  v_capture int;
begin
  if v_own is null or v_own ->> 'kind' not in ('r', 'p') then
    raise exception using errcode = 'EBV01',
      message = format('source_table: %s.%s is not a table, so it cannot have triggers.', p_schema, p_name),
      hint = 'Use a table; views are polled.';
  end if;
  if not (v_own ->> 'can_trigger')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not create triggers on %s: it does not own the table.',
                       current_user, v_relation),
      hint = format('Call this as the owner of the table, or: grant %s to %I',
                    (select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = v_relation), current_user);
  end if;
  v_capture := embedd_internal.install_capture(
    v_relation, p_key, array(select c ->> 'name' from json_array_elements(p_columns) c) || p_more);
  perform embedd_internal.keep_baseline(v_capture);
  return v_capture;
end
$$;
