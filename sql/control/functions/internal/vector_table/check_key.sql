-- Return the columns of a key, their types and the key as users see it, or raise. Together the columns must identify
-- each row for good, and each must have a type in which every value has exactly one text. p_columns is the result of
-- named_key().
create or replace function embedd_internal.check_key(
  p_source jsonb, p_columns text[], out key_columns text[], out key_types text[], out key_name text)
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
  v_is_table boolean := p_source ->> 'kind' in ('r', 'p');
  v_several boolean := cardinality(p_columns) > 1;
  v_primary_key text := (
    select case count(*) when 1 then min(k.name)
                else string_agg(quote_ident(k.name), ', ' order by k.place) end
      from jsonb_array_elements_text(nullif(p_source -> 'primary_key', 'null')) with ordinality k (name, place));
  v_list text := (
    select string_agg(quote_ident(k.name), ', ' order by k.place)
      from unnest(p_columns) with ordinality k (name, place));
  v_ordered jsonb;
  v_name text;
  v_column jsonb;
begin
  if p_columns is null and not v_is_table then
    raise exception using errcode = 'EBV01',
      message = format('%s is not an ordinary table, so it has no primary key.', v_table),
      hint = 'Give a column with unique values as primary_key_column.';
  elsif p_columns is null then
    raise exception using errcode = 'EBV01', message = format('%s has no primary key.', v_table),
      hint = 'Add one, or name a unique, not null column as primary_key_column.';
  end if;

  key_columns := p_columns;
  key_types := '{}';
  key_name := case when v_several then v_list else p_columns[1] end;

  foreach v_name in array p_columns loop
    v_column := (
      select c from jsonb_array_elements(nullif(p_source -> 'columns', 'null')) c where c ->> 'name' = v_name);
    if v_column is null then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: %s has no column %s.', v_table, quote_ident(v_name)),
        hint = format('Its primary key is %s.', coalesce(v_primary_key, 'missing'));
    end if;
    if not (v_column ->> 'can_read')::boolean then
      raise exception using errcode = 'EBP02',
        message = format('The role %s may not read %s.', p_source ->> 'role', v_table),
        hint = format('grant select on %s to %s', v_table, p_source ->> 'role');
    end if;

    -- A view or a foreign table has no constraints to check: its rows without a key are skipped, and rows with the same
    -- key are set aside.
    if v_is_table and not v_several
       and not (p_source -> 'unique_columns' ? v_name and (v_column ->> 'not_null')::boolean) then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: %s.%s is not unique and not null, so it does not identify a row.',
                         v_table, v_name),
        hint = 'Use the primary key, or add a unique index and a NOT NULL constraint.';
    elsif v_is_table and v_several and not (v_column ->> 'not_null')::boolean then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: %s.%s may be null, so it cannot be part of a key.',
                         v_table, v_name),
        hint = 'Use the primary key, or add a NOT NULL constraint.';
    end if;

    if v_column ->> 'type' not in ('smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying')
       or not (v_column ->> 'deterministic')::boolean then
      raise exception using errcode = 'EBV01',
        message = format(
          case when v_several
               then 'primary_key_column: the column %2$s has the type %1$s, which is not supported in keys.'
               else 'primary_key_column: keys of type %s are not supported.' end,
          v_column ->> 'type', v_name),
        hint = case when v_several
                    then 'Each column of a key is smallint, integer, bigint, uuid, text or varchar with a '
                         'deterministic collation; name other columns that are unique, or make a view of the table.'
                    else 'Use smallint, integer, bigint, uuid, text or varchar with a deterministic collation.' end;
    end if;
    key_types := key_types || (v_column ->> 'type');
  end loop;

  if v_several and cardinality(p_columns) > (select count(distinct name) from unnest(p_columns) name) then
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: %s names a column twice.', v_list),
      hint = 'Name each once.';
  end if;
  if v_is_table and v_several
     and not exists (select from jsonb_array_elements(p_source -> 'unique_keys') u where u = to_jsonb(p_columns)) then
    v_ordered := (
      select u
        from jsonb_array_elements(p_source -> 'unique_keys') u
       where u @> to_jsonb(p_columns) and u <@ to_jsonb(p_columns)
       limit 1);
    if v_ordered is not null then
      raise exception using errcode = 'EBV01',
        message = format(
          'primary_key_column: the columns %s of %s are unique in another order, which must be used.',
          v_list, v_table),
        hint = format('Write %s; that is the order of the parts in a row''s id, too.', (
          select string_agg(quote_ident(name), ', ' order by place)
            from jsonb_array_elements_text(v_ordered) with ordinality k (name, place)));
    end if;
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: %s of %s are not unique together, so they do not identify a row.',
                       v_list, v_table),
      hint = 'Use the primary key, or add a unique index on just these columns.';
  end if;
end
$$;
