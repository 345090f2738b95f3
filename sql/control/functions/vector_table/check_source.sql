-- The rules for a source table: it exists, can be read, and has one column that names each row for good.
-- Returns that column's name and type. p_source is what describe_source() found.
create or replace function embedd.check_source(p_source_table text, p_source jsonb, p_key_column text, out key_column text, out key_type text)
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
  v_key jsonb;
begin
  if p_source is null then
    raise exception using errcode = 'EBV01', message = format('source_table: there is no table %s.', coalesce(p_source_table, 'null')),
      hint = 'Give its name with the schema, as in public.products; quote names that need it.';
  end if;
  if (p_source ->> 'temporary')::boolean then
    raise exception using errcode = 'EBV01', message = format('source_table: %s is a temporary table, which only its own session sees.', v_table),
      hint = 'Use a permanent table.';
  end if;
  if not (p_source ->> 'can_use_schema')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not use the schema %s.', p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant usage on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
  if (p_source ->> 'row_security')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('Row security hides rows of %s from the role %s; rows it cannot see would look deleted.', v_table, p_source ->> 'role'),
      hint = 'Use a role with BYPASSRLS, or the owner of the table.';
  end if;
  key_column := coalesce(p_key_column,
    case when p_source -> 'primary_key' ->> 1 is null then p_source -> 'primary_key' ->> 0 end);
  if key_column is null and p_source ->> 'kind' in ('v', 'm', 'f') then
    raise exception using errcode = 'EBV01', message = format('%s is no table of its own, so it has no primary key.', v_table),
      hint = 'Name as primary_key_column the column whose values are different in each row.';
  elsif key_column is null then
    raise exception using errcode = 'EBV01',
      message = format('%s has no primary key of one column.', v_table),
      hint = 'Add one, or name a unique, not null column as primary_key_column.';
  end if;
  select c into v_key from jsonb_array_elements(coalesce(nullif(p_source -> 'columns', 'null'), '[]')) c where c ->> 'name' = key_column;
  if v_key is null then
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: %s has no column %s.', v_table, quote_ident(key_column)),
      hint = format('Its primary key is %s.', coalesce(p_source -> 'primary_key' ->> 0, 'missing'));
  end if;
  if not (v_key ->> 'can_read')::boolean then
    raise exception using errcode = 'EBP02', message = format('The role %s may not read %s.', p_source ->> 'role', v_table),
      hint = format('grant select on %s to %s', v_table, p_source ->> 'role');
  end if;
  -- Of a view or a foreign table nothing can be proved: rows without key are left out, rows with the same one set aside.
  if p_source ->> 'kind' in ('r', 'p') and not (p_source -> 'unique_columns' ? key_column and (v_key ->> 'not_null')::boolean) then
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: %s.%s is not unique and not null, so it does not name a row.', v_table, key_column),
      hint = 'Use the primary key, or add a unique index and a NOT NULL constraint.';
  end if;
  key_type := v_key ->> 'type';
  if key_type not in ('smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying')
     or not (v_key ->> 'deterministic')::boolean then
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: keys of type %s are not supported.', key_type),
      hint = 'Use smallint, integer, bigint, uuid, text or varchar with a deterministic collation.';
  end if;
end
$$;
