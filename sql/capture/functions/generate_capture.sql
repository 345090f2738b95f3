-- Writes the trigger function of one capture anew: after its tracked columns changed, and on upgrade.
-- The function only inserts into the outbox. It must never make a writer's statement fail: when a column it
-- names is gone it says so (R) instead of touching it. The body is passed as a quoted literal, so no column name,
-- however odd, can end it early.
create or replace function embedd.generate_capture(p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $generate$
declare
  v_capture embedd.captures := (select c from embedd.captures c where c.id = p_capture_id);
  v_columns text[] := array(select distinct unnest(v_capture.tracked_columns || v_capture.key_column) order by 1);
  v_name text := format('embedd.capture_%s', p_capture_id);
  v_old text := case when v_capture.row_level then 'old' else 'o' end;
  v_new text := case when v_capture.row_level then 'new' else 'n' end;
  v_events text;
begin
  if v_capture.row_level then
    v_events := $body$
  elsif tg_op = 'UPDATE' then
    if row(%3$s)::record *= row(%4$s)::record then
      return null;
    end if;
    insert into embedd.outbox (capture_id, kind, key)
    select %1$s, 'k', k from (select old.%2$I::text union select new.%2$I::text) keys (k);
  elsif tg_op = 'INSERT' then
    insert into embedd.outbox (capture_id, kind, key) values (%1$s, 'k', new.%2$I::text);
  elsif tg_op = 'DELETE' then
    insert into embedd.outbox (capture_id, kind, key) values (%1$s, 'k', old.%2$I::text);$body$;
  else
    -- The full join pairs old and new by key, so a changed key shows as one row gone and one row new.
    v_events := $body$
  elsif tg_op = 'UPDATE' then
    insert into embedd.outbox (capture_id, kind, key)
    select %1$s, 'k', coalesce(n.%2$I, o.%2$I)::text
      from old_rows o full join new_rows n on o.%2$I = n.%2$I
     where o.%2$I is null or n.%2$I is null or row(%3$s)::record *<> row(%4$s)::record;
  elsif tg_op = 'INSERT' then
    insert into embedd.outbox (capture_id, kind, key) select %1$s, 'k', n.%2$I::text from new_rows n;
  elsif tg_op = 'DELETE' then
    insert into embedd.outbox (capture_id, kind, key) select %1$s, 'k', o.%2$I::text from old_rows o;$body$;
  end if;
  v_events := format(v_events, p_capture_id, v_capture.key_column,
                     (select string_agg(format('%s.%I', v_old, c), ', ') from unnest(v_columns) c),
                     (select string_agg(format('%s.%I', v_new, c), ', ') from unnest(v_columns) c));

  execute format($function$
create or replace function %s() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as %L;
revoke all on function %1$s() from public$function$, v_name, format($body$
#variable_conflict use_column
declare
  v_rows bigint;
begin
  if tg_op = 'TRUNCATE' then
    insert into embedd.outbox (capture_id, kind) values (%1$s, 'T');
  elsif %2$s <> (select count(*) from pg_attribute
                  where attrelid = tg_relid and attname = any (%3$L::name[]) and not attisdropped) then
    insert into embedd.outbox (capture_id, kind) values (%1$s, 'R');%4$s
  end if;
  get diagnostics v_rows = row_count;
  if v_rows > 0 and (select armed and enabled from embedd.doorbell) then
    perform pg_notify('embedd', '');
  end if;
  return null;
end
$body$, p_capture_id, cardinality(v_columns), v_columns, v_events));

  if (select rolsuper from pg_roles where rolname = current_user)
     and exists (select from pg_roles where rolname = 'embedd_capture') then
    execute format('alter function %s() owner to embedd_capture', v_name);
  end if;
end
$generate$;
