-- Return the configured columns of a vector table, with the operators that filters on each may use.
create or replace function embedd.vector_table_schema(vector_table text)
returns table (name text, role text, ordinal int, name_prefix text, filter_type text, operators text[])
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
begin
  return query
  select c ->> 'name', c ->> 'role', (c ->> 'ordinal')::int, c ->> 'name_prefix', c ->> 'filter_type',
         embedd_internal.allowed_operators(
           c ->> 'filter_type', case v.mode when 'platform' then 'pgvector' else 'qdrant' end)
    from embedd.vector_tables v, json_array_elements(v.columns) with ordinality a (c, place)
   where v.id = v_id order by place;
end
$$;
comment on function embedd.vector_table_schema(text) is
  'Return the columns of a vector table, with the operators that filters on each may use.';
