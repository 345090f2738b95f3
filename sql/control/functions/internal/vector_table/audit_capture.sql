-- Looks for what triggers cannot tell: that they were disabled, dropped or changed, that partitions came or went, that
-- the table was replaced or altered. What may be mended is mended; then all rows are compared, for changes may have been
-- missed. Returns what was found, a sentence each. What cannot be mended shows as the tables' error until it can. Triggers
-- that no vector table needs any more are removed.
create or replace function embedd_internal.audit_capture(p_capture_id int) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_before jsonb;
  v_now jsonb;
  v_mended jsonb;
  v_found text[];
  v_trouble text;
begin
  perform from embedd.captures where id = p_capture_id for update skip locked;
  if not found then
    return;
  end if;
  if embedd_internal.needed_columns(p_capture_id) is null then
    begin
      perform embedd_internal.remove_capture(p_capture_id);
    exception when sqlstate 'EBP02' then
      null;  -- its triggers find nobody who wants to know; embedd doctor names them
    end;
    return;
  end if;
  if embedd_internal.follow_source(p_capture_id) then
    return query select 'Another table has the name of the source table now.';
    return;
  end if;
  v_before := (select state from embedd.capture_audits where capture_id = p_capture_id);
  v_now := embedd_internal.capture_state(p_capture_id);
  if v_now = v_before then
    update embedd.capture_audits set audited_at = clock_timestamp() where capture_id = p_capture_id;
    return;
  end if;
  v_trouble := embedd_internal.repair_capture(p_capture_id);
  v_mended := embedd_internal.capture_state(p_capture_id);
  v_found := array(select embedd_internal.compare_capture_states(coalesce(v_before, v_mended), v_now));
  -- An update of the extension forgets the function, so that it is written anew here, where that may be done.
  if (v_before ? 'function') is not false and v_mended -> 'function' <> v_now -> 'function' then
    v_found := v_found || 'The trigger function was changed.'::text;
  end if;
  if v_trouble is not null then
    perform embedd_internal.note_capture(p_capture_id, array_to_string(v_found || v_trouble, ' '), true);
    return query select unnest(v_found || v_trouble);
    return;
  end if;
  if v_found = '{}' then
    -- What is remembered was seen before the mending: what happened meanwhile is found the next time.
    v_mended := v_now;
  else
    perform embedd_internal.note_capture(p_capture_id, array_to_string(v_found, ' ') || ' All rows are compared.', false);
  end if;
  -- A trigger that went after its table was mended would be missing for ever, were that the state to compare with.
  if embedd_internal.is_capture_whole(p_capture_id, v_mended) then
    insert into embedd.capture_audits (capture_id, state) values (p_capture_id, v_mended)
    on conflict (capture_id) do update set state = excluded.state, audited_at = clock_timestamp();
  end if;
  return query select unnest(v_found);
end
$$;
