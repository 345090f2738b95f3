-- One operator of a filter as a condition on the metadata of a store. False where the field is missing.
create or replace function embedd_internal.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_operator text := regexp_replace(p_operator, '^\$', '');
  v_kind text := case p_type when 'keyword' then 'string' when 'boolean' then 'boolean' else 'number' end;
  v_operands jsonb := case when v_operator in ('in', 'nin') then p_operand else jsonb_build_array(p_operand) end;
  v_documents text[];
begin
  if v_operator = 'exists' and jsonb_typeof(p_operand) = 'boolean' then
    return format('coalesce(metadata -> %L not in (''null'', ''[]''), false) = %L', p_field, p_operand::text);
  elsif v_operator not in ('eq', 'ne', 'neq', 'in', 'nin', 'gt', 'gte', 'lt', 'lte') then
    raise exception using errcode = 'EBV01', message = format('%s is not an operator, or must be true or false.', p_path),
      hint = 'Use eq, ne, gt, gte, lt, lte, in, nin or exists.';
  elsif jsonb_typeof(v_operands) <> 'array' then
    raise exception using errcode = 'EBV01', message = format('%s must be an array.', p_path), hint = 'For example ["a", "b"].';
  elsif exists (select from jsonb_array_elements(v_operands) o where jsonb_typeof(o) <> v_kind) then
    raise exception using errcode = 'EBV01', message = format('%s must be a %s.', p_path, v_kind),
      hint = format('The field is %s. Use exists to ask whether it is there.', p_type);
  end if;
  if p_type = 'float' then
    -- As they are stored: doubles.
    v_operands := (select coalesce(jsonb_agg((o #>> '{}')::float8), '[]') from jsonb_array_elements(v_operands) o);
  end if;
  if v_operator in ('gt', 'gte', 'lt', 'lte') then
    if v_kind <> 'number' then
      raise exception using errcode = 'EBV01', message = format('%s is a comparison of numbers, but the field is %s.', p_path, p_type),
        hint = 'Use eq, ne, in, nin or exists.';
    end if;
    -- Not `and`, which may be evaluated from either side: the cast must not meet another type.
    return format('(case when jsonb_typeof(metadata -> %1$L) = ''number'' then (metadata ->> %1$L)::numeric %2$s %3$L::numeric else false end)',
                  p_field, case v_operator when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, v_operands ->> 0);
  end if;
  -- Containment compares type and value, and the index on metadata knows it.
  v_documents := array(select jsonb_build_object(p_field, o)::text from jsonb_array_elements(v_operands) o);
  return format('%s(metadata @> any(%L::text[]::jsonb[]))', case when v_operator in ('ne', 'neq', 'nin') then 'not ' else '' end, v_documents);
exception when numeric_value_out_of_range then
  raise exception using errcode = 'EBV01', message = format('%s must be a number within the range of a double.', p_path),
    hint = 'Compare with a smaller number.';
end
$$;
