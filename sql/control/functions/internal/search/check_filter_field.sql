-- Check the condition on one field, a value or an object of operators, and return an array of nodes that must all hold.
create or replace function embedd_internal.check_filter_field(p_name text, p_type text, p_condition jsonb, p_path text)
returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_values constant int := 1000;
  v_plain boolean := jsonb_typeof(p_condition) <> 'object';
  v_operators text[] := embedd_internal.filter_operators(p_type);
  v_operator text;
  v_operand jsonb;
  v_path text := p_path;
  v_value jsonb;
  v_node jsonb;
  v_nodes jsonb := '[]';
  v_bounds jsonb := '{}';
begin
  if p_condition = '{}' then
    raise exception using errcode = 'EBV01',
      message = format('%s must name an operator; allowed: %s.', p_path, array_to_string(v_operators, ', ')),
      hint = 'For example {"eq": "a"}, or the value alone.';
  end if;

  for v_operator, v_operand in
    select key, value from jsonb_each(case when v_plain then jsonb_build_object('eq', p_condition) else p_condition end)
  loop
    if not v_plain then
      v_path := format('%s.%s', p_path,
                       case when length(v_operator) > 80 then left(v_operator, 77) || '...' else v_operator end);
    end if;
    v_operator := regexp_replace(v_operator, '^\$', '');
    v_operator := case v_operator when 'neq' then 'ne' else v_operator end;

    if v_operator in ('gt', 'gte', 'lt', 'lte') then
      if p_type not in ('integer', 'float') then
        raise exception using errcode = 'EBV01',
          message = format('%s is a comparison of numbers, but the field is %s; allowed: %s.',
                           v_path, p_type, array_to_string(v_operators, ', ')),
          hint = 'Give the column the filter_type integer or float to compare its values.';
      end if;
      v_value := embedd_internal.check_filter_value(p_type, v_operand, v_path);
      -- An operator and its alias with $ may both be given: both must hold.
      if not v_bounds ? v_operator or (v_value > v_bounds -> v_operator) = (v_operator in ('gt', 'gte')) then
        v_bounds := v_bounds || jsonb_build_object(v_operator, v_value);
      end if;
      continue;
    elsif v_operator <> all (v_operators) then
      raise exception using errcode = 'EBV01',
        message = format('%s is not an operator; allowed: %s.', v_path, array_to_string(v_operators, ', ')),
        hint = 'Each may begin with $.';
    end if;

    if v_operator = 'exists' then
      if jsonb_typeof(v_operand) <> 'boolean' then
        raise exception using errcode = 'EBV01', message = format('%s must be true or false.', v_path),
          hint = 'true for rows that have the field, false for rows that lack it.';
      end if;
      v_node := jsonb_build_object('exists', jsonb_build_object('field', p_name));
      v_nodes := v_nodes || jsonb_build_array(
        case v_operand when 'true' then v_node else jsonb_build_object('not', v_node) end);
      continue;
    end if;

    if v_operator not in ('in', 'nin') then
      v_value := jsonb_build_array(embedd_internal.check_filter_value(p_type, v_operand, v_path));
    elsif jsonb_typeof(v_operand) <> 'array' then
      raise exception using errcode = 'EBV01', message = format('%s must be an array.', v_path),
        hint = 'For example ["a", "b"].';
    elsif jsonb_array_length(v_operand) > c_values then
      raise exception using errcode = 'EBV01',
        message = format('%s is too long: at most %s values are allowed.', v_path, c_values),
        hint = 'Search several times, each with some of the values.';
    else
      v_value := (
        select coalesce(jsonb_agg(
                 embedd_internal.check_filter_value(p_type, value, format('%s[%s]', v_path, place - 1))), '[]')
          from jsonb_array_elements(v_operand) with ordinality e (value, place));
    end if;
    if p_type = 'integer' or jsonb_array_length(v_value) > 1 then
      -- Keep each value once, and no number with a fraction, because no integer equals it.
      v_value := (
        select coalesce(jsonb_agg(u.value order by u.place), '[]')
          from (select e.value, min(e.place) as place
                  from jsonb_array_elements(v_value) with ordinality e (value, place)
                 where case p_type when 'integer' then e.value::numeric = trunc(e.value::numeric) else true end
                 group by e.value) u);
    end if;
    v_node := jsonb_build_object('in', jsonb_build_object('field', p_name, 'type', p_type, 'values', v_value));
    v_nodes := v_nodes || jsonb_build_array(
      case when v_operator in ('ne', 'nin') then jsonb_build_object('not', v_node) else v_node end);
  end loop;

  if v_bounds <> '{}' then
    v_nodes := v_nodes || jsonb_build_array(embedd_internal.filter_range(p_name, p_type, v_bounds));
  end if;
  return v_nodes;
end
$$;
