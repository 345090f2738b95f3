-- Return a checked filter, in the normal form of check_filter(), as a SQL condition on the metadata of a store. Each
-- value is a literal.
create or replace function embedd_internal.compile_filter(p_tree jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := (select key from jsonb_each(p_tree));
  v_node jsonb := p_tree -> v_kind;
begin
  return case v_kind
    when 'not' then format('(not %s)', embedd_internal.compile_filter(v_node))
    when 'exists' then format('coalesce(metadata -> %L not in (''null'', ''[]''), false)', v_node ->> 'field')
    -- Containment compares type and value, and uses the index on metadata.
    when 'in' then format('(metadata @> any(%L::text[]::jsonb[]))', array(
      select jsonb_build_object(v_node ->> 'field', value)::text from jsonb_array_elements(v_node -> 'values')))
    -- A `case`, because `and` may be evaluated in any order, and the cast fails for another type.
    when 'range' then format(
      '(case when jsonb_typeof(metadata -> %L) = ''number'' then %s else false end)', v_node ->> 'field', (
      select string_agg(format('(metadata ->> %L)::numeric %s %L::numeric', v_node ->> 'field',
               case key when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, value), ' and ')
        from jsonb_each_text(v_node -> 'bounds')))
    else coalesce(
      (select '(' || string_agg(embedd_internal.compile_filter(value), format(' %s ', v_kind)) || ')'
         from jsonb_array_elements(v_node)),
      (v_kind is distinct from 'or')::text)
  end;
end
$$;
