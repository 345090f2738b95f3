-- Raise unless this database owns its stores and nothing has to be done first. Every function that leads to a write
-- calls this one first, in its own transaction, because a connection may lead to another server at any time. A session
-- stays with its server, so its result is reused while the stored identity is the same (30 µs instead of 300).
create or replace function embedd_internal.require_instance() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
  v_remembered text;
  v_state text;
begin
  select * into v_stored from embedd.instance;
  v_remembered := format('%s %s %s %s %s', v_stored.system_identifier, v_stored.timeline, v_stored.database_oid,
                         v_stored.table_oid, v_stored.rivalled);
  if v_remembered = current_setting('embedd.instance', true)
     and v_stored.fence_high <= (select last_value from embedd.fence)
  then
    return;
  end if;

  v_state := embedd_internal.instance_state();
  if v_state in ('foreign', 'standby') then
    raise exception using errcode = 'EBX02', message = embedd_internal.instance_message(v_state),
      hint = case v_state
        when 'foreign' then 'Give it the stores with ''embedd adopt'' (the other one must be stopped), '
                            'or its own stores with ''embedd detach''.'
        else 'Connect to the primary.' end;
  elsif v_state = 'moved' then
    raise exception using errcode = 'EBX03', message = embedd_internal.instance_message(v_state),
      hint = 'No action is needed: a worker raises the tokens and compares all rows.';
  elsif v_state = 'own' then
    perform set_config('embedd.instance', v_remembered, false);
  end if;
end
$$;
