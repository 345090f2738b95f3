-- A filter (contract, section 3.7) as a condition on the metadata of a store, its every value a literal. `p_fields` are the
-- fields there are, and their types.
create or replace function embedd_internal.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts text[] := '{}';
  v_name text;
  v_value jsonb;
  v_at text;
begin
  if jsonb_typeof(p_filters) <> 'object' then
    raise exception using errcode = 'EBV01', message = format('%s must be an object that maps fields to conditions.', p_path),
      hint = 'For example {"price": {"lte": 150}}.';
  end if;
  for v_name, v_value in select key, value from jsonb_each(p_filters) loop
    v_at := format('%s.%s', p_path, v_name);
    if v_name in ('$or', '$and') and (jsonb_typeof(v_value) = 'array' or not p_fields ? v_name) then
      if jsonb_typeof(v_value) <> 'array' or v_value = '[]' then
        raise exception using errcode = 'EBV01', message = format('%s must be an array of at least one filter object.', v_at),
          hint = 'For example {"$or": [{"price": {"lte": 150}}, {"sale": true}]}.';
      end if;
      v_parts := v_parts || (
        select format('(%s)', string_agg(embedd_internal.filter_condition(value, p_fields, format('%s[%s]', v_at, place - 1)),
                                         case v_name when '$or' then ' or ' else ' and ' end order by place))
          from jsonb_array_elements(v_value) with ordinality as e(value, place));
    elsif not p_fields ? v_name or v_value = '{}' then
      raise exception using errcode = 'EBV01', message = format('%s is not a filterable field, or names no operator.', v_at),
        hint = format('The fields are: %s.', coalesce((select string_agg(f, ', ' order by f) from jsonb_object_keys(p_fields) f), 'none'));
    else
      if jsonb_typeof(v_value) <> 'object' then
        v_value := jsonb_build_object('eq', v_value);
      end if;
      v_parts := v_parts || array(
        select embedd_internal.field_condition(v_name, p_fields ->> v_name, key, value, format('%s.%s', v_at, key)) from jsonb_each(v_value));
    end if;
  end loop;
  return coalesce(nullif(array_to_string(v_parts, ' and '), ''), 'true');
end
$$;
