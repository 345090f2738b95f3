-- Return a checked filter, in the normal form of check_filter(), as an SQL condition on the column `metadata` of a
-- store in pgvector. It is true or false, never null. Each name and each value is a literal.
create or replace function embedd_internal.compile_filter(p_tree jsonb) returns text
language plpgsql immutable strict set search_path = pg_catalog, pg_temp
as $$
declare
  v_node jsonb;
  v_type jsonb;
begin
  if p_tree ? 'and' then
    return coalesce(
      (select '(' || string_agg(embedd_internal.compile_filter(value), ' and ') || ')'
         from jsonb_array_elements(p_tree -> 'and')), 'true');
  elsif p_tree ? 'or' then
    return coalesce(
      (select '(' || string_agg(embedd_internal.compile_filter(value), ' or ') || ')'
         from jsonb_array_elements(p_tree -> 'or')), 'false');
  elsif p_tree ? 'not' then
    return format('(not %s)', embedd_internal.compile_filter(p_tree -> 'not'));
  elsif p_tree ? 'exists' then
    return format('coalesce(metadata -> %L not in (''null'', ''[]''), false)', p_tree -> 'exists' ->> 'field');
  elsif p_tree ? 'in' then
    v_node := p_tree -> 'in';
    v_type := embedd_internal.filter_types() -> (v_node ->> 'type');
    -- Containment compares type and value, and uses the index on metadata. An array contains an array of one element.
    return format('(metadata @> any(%L::text[]::jsonb[]))', array(
      select jsonb_build_object(v_node ->> 'field',
               case when v_type ? 'element' then jsonb_build_array(value) else value end)::text
        from jsonb_array_elements(v_node -> 'values')));
  elsif p_tree ? 'all' then
    v_node := p_tree -> 'all';
    return format('(metadata @> %L)', jsonb_build_object(v_node ->> 'field', v_node -> 'values'));
  elsif p_tree ? 'prefix' then
    v_node := p_tree -> 'prefix';
    return format(
      '(case when jsonb_typeof(metadata -> %1$L) = %2$L then starts_with(metadata ->> %1$L, %3$L) else false end)',
      v_node ->> 'field', 'string', v_node -> 'values' ->> 0);
  elsif p_tree ? 'range' then
    v_node := p_tree -> 'range';
    v_type := embedd_internal.filter_types() -> (v_node ->> 'type');
    -- A `case`, because `and` may be evaluated in any order, and the comparison fails for a value of another type.
    return format(
      '(case when jsonb_typeof(metadata -> %1$L) = %2$L%3$s then %4$s else false end)',
      v_node ->> 'field', v_type ->> 'kind',
      format(' and (metadata ->> %L)', v_node ->> 'field') || (v_type ->> 'comparable'), (
      select string_agg(format('(metadata ->> %L)%s %s %L%2$s', v_node ->> 'field', v_type ->> 'compared_as',
               case key when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, value), ' and ')
        from jsonb_each_text(v_node -> 'bounds')));
  end if;
end
$$;
