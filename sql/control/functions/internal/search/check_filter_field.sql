-- Check the condition on one field, a value or an object of operators, and return an array of nodes that must all hold.
create or replace function embedd_internal.check_filter_field(
  p_name text,
  p_type text,
  p_condition jsonb,
  p_store text,
  p_path text
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_plain boolean := jsonb_typeof(p_condition) <> 'object';
  v_path text := p_path;
  v_type jsonb := embedd_internal.filter_types() -> p_type;
  v_element jsonb := coalesce(embedd_internal.filter_types() -> (v_type ->> 'element'), v_type);
  v_operators jsonb := embedd_internal.filter_operators() -> p_type;
  v_name text;
  v_operand jsonb;
  v_operator jsonb;
  v_values jsonb;
  v_node jsonb;
  v_nodes jsonb := '[]';
  v_bounds jsonb := '{}';
begin
  if p_condition = '{}' or v_plain and v_type ? 'element' then
    raise exception using errcode = 'EBV01',
      message = format('%s must name an operator; allowed: %s.', p_path,
                       array_to_string(embedd_internal.allowed_operators(p_type, p_store), ', ')),
      hint = case when v_type ? 'element' then 'For example {"any": ["a", "b"]}.'
                  else 'For example {"eq": "a"}, or the value alone.' end;
  end if;

  for v_name, v_operand in
    select key, value from jsonb_each(case when v_plain then jsonb_build_object('eq', p_condition) else p_condition end)
  loop
    if not v_plain then
      v_path := format('%s.%s', p_path, case when length(v_name) > 80 then left(v_name, 77) || '...' else v_name end);
    end if;
    v_name := regexp_replace(v_name, '^\$', '');
    v_name := case v_name when 'neq' then 'ne' else v_name end;
    v_operator := v_operators -> v_name;

    if v_operator is null or not v_operator -> 'stores' ? p_store then
      perform embedd_internal.refuse_operator(v_name, p_type, p_store, v_path);
    end if;

    v_values := embedd_internal.check_filter_operand(v_operator ->> 'operand', v_element, v_operand, v_path);
    if v_operator ->> 'node' = 'range' then
      -- An operator and its alias with $ may both be given: both must hold.
      if not v_bounds ? v_name or (v_values -> 0 > v_bounds -> v_name) = (v_name in ('gt', 'gte')) then
        v_bounds := v_bounds || jsonb_build_object(v_name, v_values -> 0);
      end if;
      continue;
    elsif v_operator ->> 'node' = 'all' then
      v_nodes := v_nodes || jsonb_build_array(embedd_internal.filter_all(p_name, v_type, v_values));
      continue;
    elsif v_operator ->> 'node' = 'in' then
      v_values := embedd_internal.filter_values(v_type, v_values);
    end if;

    v_node := jsonb_build_object(v_operator ->> 'node', case
      when v_values is null then jsonb_build_object('field', p_name)
      else jsonb_build_object('field', p_name, 'type', p_type, 'values', v_values) end);
    v_nodes := v_nodes || jsonb_build_array(
      case when (v_operator -> 'negated')::boolean <> (v_values is null and v_operand = 'false')
        then jsonb_build_object('not', v_node) else v_node end);
  end loop;

  if v_bounds <> '{}' then
    v_nodes := v_nodes || jsonb_build_array(embedd_internal.filter_range(p_name, v_type, v_bounds));
  end if;
  return v_nodes;
end
$$;
