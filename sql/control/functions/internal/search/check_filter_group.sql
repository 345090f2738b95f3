-- Check one object of a filter, all of whose parts must hold. `conditions` continues the count `p_before`, because the
-- limit applies to the whole filter.
create or replace function embedd_internal.check_filter_group(
  p_group jsonb,
  p_fields jsonb,
  p_store text,
  p_path text,
  p_depth int,
  p_before int,
  out node jsonb,
  out conditions int
)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  c_depth constant int := 5;
  c_conditions constant int := 64;
  v_name text;
  v_value jsonb;
  v_path text;
  v_parts jsonb := '[]';
  v_nodes jsonb;
  v_member record;
begin
  if jsonb_typeof(p_group) <> 'object' then
    raise exception using errcode = 'EBV01',
      message = format('%s must be an object that maps fields to conditions.', p_path),
      hint = 'For example {"price": {"lte": 150}}.';
  elsif p_depth > c_depth then
    raise exception using errcode = 'EBV01',
      message = format('%s is nested too deep: at most %s levels are allowed.', p_path, c_depth),
      hint = 'Conditions in one object must all hold, so $and is seldom needed.';
  end if;

  conditions := p_before + (p_depth > 1 and p_group = '{}')::int;
  for v_name, v_value in select key, value from jsonb_each(p_group) loop
    v_path := format('%s.%s', p_path, case when length(v_name) > 80 then left(v_name, 77) || '...' else v_name end);

    -- A field takes no array as operand, so a filter can still name a column that is called "$or".
    if v_name in ('$or', '$and') and (jsonb_typeof(v_value) = 'array' or not p_fields ? v_name) then
      if jsonb_typeof(v_value) <> 'array' or v_value = '[]' then
        raise exception using errcode = 'EBV01',
          message = format('%s must be an array of at least one filter object.', v_path),
          hint = 'For example {"$or": [{"price": {"lte": 150}}, {"sale": true}]}.';
      end if;
      v_nodes := '[]';
      for v_member in select m.value, m.place from jsonb_array_elements(v_value) with ordinality m (value, place) loop
        select v_nodes || jsonb_build_array(g.node), g.conditions into v_nodes, conditions
          from embedd_internal.check_filter_group(
                 v_member.value, p_fields, p_store, format('%s[%s]', v_path, v_member.place - 1), p_depth + 1,
                 conditions) g;
      end loop;
      v_parts := v_parts || jsonb_build_array(jsonb_build_object(substr(v_name, 2), v_nodes));

    elsif v_name = '$not' and not p_fields ? v_name then
      select g.node, g.conditions into v_nodes, conditions
        from embedd_internal.check_filter_group(v_value, p_fields, p_store, v_path, p_depth + 1, conditions) g;
      v_parts := v_parts || jsonb_build_array(jsonb_build_object('not', v_nodes));

    elsif not p_fields ? v_name then
      raise exception using errcode = 'EBV01',
        message = format('%s is not a filterable field; allowed: %s.', v_path,
          coalesce((select string_agg(f, ', ' order by f collate "C") from jsonb_object_keys(p_fields) f),
                   'none in this table')),
        hint = 'Filter by metadata columns of the vector table.';

    else
      conditions := conditions
        + case jsonb_typeof(v_value) when 'object' then (select count(*) from jsonb_object_keys(v_value)) else 1 end;
      v_parts := v_parts
        || embedd_internal.check_filter_field(v_name, p_fields ->> v_name, v_value, p_store, v_path);
    end if;
  end loop;

  if conditions > c_conditions then
    raise exception using errcode = 'EBV01',
      message = format('%s has a condition too many: at most %s are allowed.', p_path, c_conditions),
      hint = 'One condition with in takes many values.';
  end if;
  node := case jsonb_array_length(v_parts) when 1 then v_parts -> 0 else jsonb_build_object('and', v_parts) end;
end
$$;
