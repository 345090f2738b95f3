-- Return a checked filter, in the normal form of check_filter(), as a SQL condition on the column `metadata` of a store
-- in pgvector. It is true or false, never null. Each name and each value is a literal.
create or replace function embedd_internal.compile_filter(p_tree jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := (select key from jsonb_each(p_tree));
  v_node jsonb := p_tree -> v_kind;
  v_type jsonb := embedd_internal.filter_types() -> (v_node ->> 'type');
begin
  return case v_kind
    when 'and' then coalesce(
      (select '(' || string_agg(embedd_internal.compile_filter(value), ' and ') || ')'
         from jsonb_array_elements(v_node)), 'true')
    when 'or' then coalesce(
      (select '(' || string_agg(embedd_internal.compile_filter(value), ' or ') || ')'
         from jsonb_array_elements(v_node)), 'false')
    when 'not' then format('(not %s)', embedd_internal.compile_filter(v_node))
    when 'exists' then format('coalesce(metadata -> %L not in (''null'', ''[]''), false)', v_node ->> 'field')
    -- Containment compares type and value, and uses the index on metadata.
    when 'in' then format('(metadata @> any(%L::text[]::jsonb[]))', array(
      select jsonb_build_object(v_node ->> 'field', value)::text from jsonb_array_elements(v_node -> 'values')))
    -- A `case`, because `and` may be evaluated in any order, and the comparison fails for a value of another type.
    when 'range' then format(
      '(case when jsonb_typeof(metadata -> %L) = %L then %s else false end)', v_node ->> 'field', v_type ->> 'kind', (
      select string_agg(format('(metadata ->> %L)%s %s %L%2$s', v_node ->> 'field', v_type ->> 'compared_as',
               case key when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, value), ' and ')
        from jsonb_each_text(v_node -> 'bounds')))
  end;
end
$$;
