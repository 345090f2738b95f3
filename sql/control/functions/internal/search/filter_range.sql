-- Return the node for the checked bounds of a field, whose type is as in filter_types(). Bounds of whole numbers
-- become whole and closed, because a store may cut off the fraction of a bound. If no 64-bit integer meets them, return
-- a node that never holds.
create or replace function embedd_internal.filter_range(p_name text, p_type jsonb, p_bounds jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_node jsonb := jsonb_build_object('field', p_name, 'type', p_type -> 'name');
  v_lower numeric;
  v_upper numeric;
begin
  if not (p_type -> 'whole')::boolean then
    return jsonb_build_object('range', v_node || jsonb_build_object('bounds', p_bounds));
  end if;

  v_lower := greatest(floor((p_bounds -> 'gt')::numeric) + 1, ceil((p_bounds -> 'gte')::numeric));
  v_upper := least(ceil((p_bounds -> 'lt')::numeric) - 1, floor((p_bounds -> 'lte')::numeric));
  if v_lower > 9223372036854775807 or v_upper < -9223372036854775808 then
    return jsonb_build_object('in', v_node || '{"values": []}');
  end if;
  return jsonb_build_object('range', v_node || jsonb_build_object(
    'bounds', jsonb_strip_nulls(jsonb_build_object('gte', v_lower, 'lte', v_upper))));
end
$$;
