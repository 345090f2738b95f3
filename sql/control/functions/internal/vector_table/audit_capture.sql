-- Find what triggers cannot report: triggers disabled, dropped or changed, partitions added or removed, the table
-- replaced or altered. Repair what can be repaired, then request a comparison of all rows, because changes may have
-- been missed. Return one sentence for each finding. What cannot be repaired is the error of the vector tables until it
-- can. Triggers that no vector table needs are removed.
create or replace function embedd_internal.audit_capture(p_capture_id int) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_before jsonb;
  v_now jsonb;
  v_repaired jsonb;
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
      null;  -- The triggers stay without effect; embedd doctor lists them.
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
  v_repaired := embedd_internal.capture_state(p_capture_id);
  v_found := array(select embedd_internal.compare_capture_states(coalesce(v_before, v_repaired), v_now));
  -- An update of the extension removes the function from the stored state, so that this check generates it again.
  if (v_before ? 'function') is not false and v_repaired -> 'function' <> v_now -> 'function' then
    v_found := v_found || 'The trigger function was changed.'::text;
  end if;
  if v_trouble is not null then
    perform embedd_internal.note_capture(p_capture_id, array_to_string(v_found || v_trouble, ' '), true);
    return query select unnest(v_found || v_trouble);
    return;
  end if;

  if v_found = '{}' then
    -- Store the state from before the repair, so that the next check finds what happened meanwhile.
    v_repaired := v_now;
  else
    perform embedd_internal.note_capture(
      p_capture_id, array_to_string(v_found, ' ') || ' All rows are compared.', false);
  end if;
  -- Store only a complete state. A trigger that was dropped right after the repair would be missing from it, and later
  -- checks would not notice.
  if embedd_internal.is_capture_whole(p_capture_id, v_repaired) then
    insert into embedd.capture_audits (capture_id, state) values (p_capture_id, v_repaired)
    on conflict (capture_id) do update set state = excluded.state, audited_at = clock_timestamp();
  end if;
  return query select unnest(v_found);
end
$$;
