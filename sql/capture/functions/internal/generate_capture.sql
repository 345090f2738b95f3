-- Write the trigger function of one capture again: after its tracked columns changed, and on upgrade.
-- The generated function only inserts into the outbox, and it must never make a writer's statement fail. If a column
-- that it names is gone, or the key has a type that cannot be a key, it writes an event of kind R instead of reading
-- the column. The body is passed as a quoted literal, so no column name can end it early.
-- This function runs with its owner's rights, so that all trigger functions have one owner: the role that installed
-- embedd, or embedd_capture in place of a superuser. The generated text follows from the row in embedd.captures, never
-- from the caller.
-- A line break in the text would count as a change: the next capture check would write every trigger function again.
create or replace function embedd_internal.generate_capture(p_capture_id int) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $generate$
declare
  v_capture embedd.captures := (select c from embedd.captures c where c.id = p_capture_id);
  v_name text := format('embedd.capture_%s', p_capture_id);
  v_old text := case when v_capture.row_level then 'old' else 'o' end;
  v_new text := case when v_capture.row_level then 'new' else 'n' end;
  v_key_types oid[] := array['int2', 'int4', 'int8', 'uuid', 'text', 'varchar']::regtype[];
  v_exact_types oid[] := array['bool', 'int2', 'int4', 'int8', 'oid', 'uuid', 'text', 'varchar', 'bytea', 'date',
                               'timestamp', 'timestamptz']::regtype[];
  v_exact name[];
  v_collations oid[];
  v_key text[] := v_capture.key_columns;
  v_key_new text := embedd_internal.key_text(v_new, v_key);
  v_key_old text := embedd_internal.key_text(v_old, v_key);
  v_columns name[] := array(select name from embedd_internal.capture_columns(p_capture_id));
  v_types text;
  v_fits text;
  v_changed text;
  v_events text;
  v_queued text;
  v_role name;
begin
  if v_capture.row_level then
    -- A session keeps its plans, and they fit only the types at planning time. After a change of type, EXECUTE reads
    -- the keys through fresh plans, until the function is generated again.
    select string_agg(format('(%L, %s)', name, coalesce(type, 0)), ', ')
      into v_types
      from embedd_internal.capture_columns(p_capture_id);
    v_fits := format('(attname, atttypid) in (%s)', v_types);
    v_events := $body$
    if %1$s > (select count(*) from pg_attribute where attrelid = tg_relid$body$
      || $body$ and attname = any (%2$L) and not attisdropped) then
      insert into embedd.outbox (capture_id, kind) values (%3$s, 'R');
    else
      if tg_op <> 'INSERT' then
        execute %7$L using old;
      end if;
      if tg_op <> 'DELETE' then
        execute %7$L using new;
      end if;
    end if;
  elsif tg_op = 'UPDATE' then
    if row(%5$s)::record *= row(%6$s)::record then
      return null;
    end if;
    insert into embedd.outbox (capture_id, kind, key)
    select %3$s, 'k', k from (select %8$s union select %4$s) keys (k);
  elsif tg_op = 'INSERT' then
    insert into embedd.outbox (capture_id, kind, key) values (%3$s, 'k', %4$s);
  elsif tg_op = 'DELETE' then
    insert into embedd.outbox (capture_id, kind, key) values (%3$s, 'k', %8$s);$body$;
  else
    v_key_types := v_key_types || array(
      select t.oid from embedd_internal.capture_columns(p_capture_id) c join pg_type t on t.oid = c.type
       where c.name = any (v_key) and t.typbasetype = any (v_key_types));
    -- Equal values of an exact type are the same bytes: its operator = tells what changed, for half the cost of images
    -- of rows. Not so of numeric (1.0 = 1.00), floats (0 = -0), and collations that call different texts equal.
    select concat_ws(' or ',
             string_agg(format('o.%1$I is distinct from n.%1$I', c.name), ' or ') filter (where exact),
             'row(' || string_agg(format('o.%I', c.name), ', ') filter (where not exact) || ')::record *<> row('
                    || string_agg(format('n.%I', c.name), ', ') filter (where not exact) || ')::record',
             format('o.%1$I is null or n.%1$I is null', v_key[1])),
           coalesce(array_agg(c.name) filter (where exact), '{}'),
           v_exact_types || coalesce(array_agg(a.atttypid) filter (where t.typtype = 'e'), '{}'),
           coalesce(array_agg(distinct a.attcollation) filter (where exact), '{}')
      into v_changed, v_exact, v_exact_types, v_collations
      from embedd_internal.capture_columns(p_capture_id) c
      join pg_attribute a on a.attrelid = v_capture.source_table and a.attname = c.name
      join pg_type t on t.oid = a.atttypid
      left join pg_collation l on l.oid = a.attcollation,
      lateral (select (t.typtype = 'e' or t.oid = any (v_exact_types))
                  and coalesce(l.collisdeterministic, true) as exact) e
     where c.compared and c.name <> all (v_key);
    -- A later type of another kind may have no operator =, and the writer's statement must not fail.
    v_fits := format('attname = any (%L) and (attname <> all (%L) or atttypid = any (%L))'
                     ' and (attname <> all (%L) or atttypid = any (%L) and attcollation = any (%L))',
                     v_columns, v_key, v_key_types, v_exact, v_exact_types, v_collations);
    -- Write few keys one per row, and many keys of one statement a hundred per row: both cost the least per key.
    v_queued := $keys$
    if exists (select from %1$s offset 20) then
      insert into embedd.outbox (capture_id, kind, keys)
      select %2$s, 'k', array_agg(k) from (select k, row_number() over () / 100 as part$keys$
      || $keys$ from (%3$s) changed (k)) parts group by part;
    else
      insert into embedd.outbox (capture_id, kind, key) select %2$s, 'k', k from (%3$s) changed (k);
    end if;$keys$;
    -- The full join pairs old and new rows by key, so a changed key appears as one removed and one added row.
    v_events := $body$
    insert into embedd.outbox (capture_id, kind) values (%3$s, 'R');
  elsif tg_op = 'UPDATE' then$body$ || format(v_queued, 'new_rows', '%3$s', $keys$
        select coalesce(%4$s, %8$s) from old_rows o full join new_rows n on %9$s where %10$s$keys$) || $body$
  elsif tg_op = 'INSERT' then$body$ || format(v_queued, 'new_rows', '%3$s', 'select %4$s from new_rows n') || $body$
  elsif tg_op = 'DELETE' then$body$ || format(v_queued, 'old_rows', '%3$s', 'select %8$s from old_rows o');
  end if;
  v_events := format(v_events, cardinality(v_columns), v_columns, p_capture_id, v_key_new,
    (select string_agg(format('%s.%I', v_old, name), ', ')
       from embedd_internal.capture_columns(p_capture_id) where compared),
    (select string_agg(format('%s.%I', v_new, name), ', ')
       from embedd_internal.capture_columns(p_capture_id) where compared),
    format('insert into embedd.outbox (capture_id, kind, key) values (%s, ''k'', %s)',
           p_capture_id, embedd_internal.key_text('($1)', v_key)),
    v_key_old, (select string_agg(format('o.%1$I = n.%1$I', name), ' and ') from unnest(v_key) name),
    v_changed);

  execute format($function$
create or replace function %s() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as %L;
comment on function %1$s() is
  'Trigger function of a source table: writes the keys of changed rows to embedd.outbox, nothing else.';
revoke all on function %1$s() from public$function$, v_name, format($body$
#variable_conflict use_column
declare
  v_rows bigint;
begin
  if tg_op = 'TRUNCATE' then
    insert into embedd.outbox (capture_id, kind) values (%s, 'T');
  elsif %s <> (select count(*) from pg_attribute where attrelid = tg_relid and %s and not attisdropped) then%s
  end if;
  get diagnostics v_rows = row_count;
  if v_rows > 0 and (select armed and enabled from embedd.doorbell) then
    perform pg_notify('embedd', '');
  end if;
  return null;
end
$body$, p_capture_id, cardinality(v_columns), v_fits, v_events));

  -- CREATE TRIGGER needs EXECUTE on the function; firing the trigger does not.
  for v_role in select rolname from pg_roles where rolname in ('embedd_admin', 'embedd_worker') loop
    execute format('grant execute on function %s() to %I', v_name, v_role);
  end loop;
end
$generate$;
