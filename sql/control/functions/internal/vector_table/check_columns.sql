-- Raise unless the columns of a vector table are valid, the source table has them, and every running worker can read
-- them. Each message names the entry.
create or replace function embedd_internal.check_columns(p_columns json, p_source jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
  v_known jsonb := (select jsonb_object_agg(c ->> 'name', c) from jsonb_array_elements(p_source -> 'columns') c);
  v_column jsonb;
  v_at text;
  v_name text;
  v_type text;
  v_seen text[] := '{}';
  v_types jsonb := embedd_internal.filter_types();
begin
  begin
    perform p_columns::jsonb;
  exception when data_exception then
    raise exception using errcode = 'EBV01',
      message = 'columns contains a character that no text in PostgreSQL can hold.',
      hint = 'Leave out \u0000 and incomplete surrogate pairs.';
  end;
  if p_columns is null or json_typeof(p_columns) <> 'array' or json_array_length(p_columns) = 0 then
    raise exception using errcode = 'EBV01', message = 'columns must be an array with at least one entry.',
      hint = 'For example [{"name": "title", "role": "embedding"}].';
  end if;

  for v_column, v_at in
    select value::jsonb, format('columns[%s]', ordinality - 1) from json_array_elements(p_columns) with ordinality
  loop
    if jsonb_typeof(v_column) <> 'object' or jsonb_typeof(v_column -> 'name') is distinct from 'string' then
      raise exception using errcode = 'EBV01', message = format('%s must be an object with a name.', v_at),
        hint = 'For example {"name": "title", "role": "embedding"}.';
    end if;

    v_name := v_column ->> 'name';
    if not v_known ? v_name then
      raise exception using errcode = 'EBV01',
        message = format('%s: %s has no column %s.', v_at, v_table, quote_ident(v_name)),
        hint = format('It has: %s.', (
          select string_agg(c ->> 'name', ', ') from jsonb_array_elements(p_source -> 'columns') c));
    end if;
    if v_name = any (v_seen) then
      raise exception using errcode = 'EBV01', message = format('%s: the column %s is listed twice.', v_at, v_name),
        hint = 'A column has one role; results contain embedded columns anyway.';
    end if;
    v_seen := v_seen || v_name;
    if not (v_known -> v_name ->> 'can_read')::boolean then
      raise exception using errcode = 'EBP02',
        message = format('The role %s may not read the column %s of %s.', p_source ->> 'role', v_name, v_table),
        hint = format('grant select on %s to %s', v_table, p_source ->> 'role');
    end if;

    if coalesce(v_column ->> 'role', '') not in ('embedding', 'metadata') then
      raise exception using errcode = 'EBV01', message = format('%s.role must be embedding or metadata.', v_at),
        hint = 'embedding: part of the text; metadata: can be filtered by.';
    end if;
    if coalesce(jsonb_typeof(v_column -> 'ordinal'), 'null') not in ('number', 'null')
       or coalesce(jsonb_typeof(v_column -> 'name_prefix'), 'null') not in ('string', 'null') then
      raise exception using errcode = 'EBV01',
        message = format('%s: ordinal must be a number and name_prefix a text.', v_at),
        hint = 'Both are optional.';
    end if;
    if v_column ->> 'role' = 'metadata' and not v_types ? coalesce(v_column ->> 'filter_type', '') then
      raise exception using errcode = 'EBV01',
        message = format('%s.filter_type must be %s.', v_at, regexp_replace((
          select string_agg(key, ', ' order by (value -> 'place')::int) from jsonb_each(v_types)),
          ', ([^,]+)$', ' or \1')),
        hint = 'The filter_type of a metadata column says how searches can filter by it.';
    end if;

    v_type := v_known -> v_name ->> 'type';
    if v_column ->> 'role' = 'metadata' and not v_types -> (v_column ->> 'filter_type') -> 'fits' ? v_type then
      raise exception using errcode = 'EBV01',
        message = format('%s: a column of type %s cannot be filtered as %s.', v_at, v_type, v_column ->> 'filter_type'),
        hint = 'keyword fits every type; otherwise choose the filter_type that matches the column.';
    end if;
  end loop;

  if not exists (select from json_array_elements(p_columns) c where c ->> 'role' = 'embedding') then
    raise exception using errcode = 'EBV01', message = 'columns: at least one column must have the role embedding.',
      hint = 'Choose the columns whose text gives the row its meaning.';
  end if;
  perform embedd_internal.check_workers(p_columns::jsonb);
end
$$;
