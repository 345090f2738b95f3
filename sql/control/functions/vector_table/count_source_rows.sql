-- Rows of the source table now, where this session can count them; null where only a connection elsewhere can.
create or replace function embedd.count_source_rows(p_vector_table_id text) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation text;
  v_condition text;
  v_rows bigint;
begin
  select format('%I.%I', source_schema, source_name), condition into v_relation, v_condition
    from embedd.vector_tables where id = p_vector_table_id and capture_id is not null;
  if to_regclass(v_relation) is null or not has_table_privilege(v_relation, 'select') then
    return null;
  end if;
  execute format('select count(*) from %s where %s', v_relation, coalesce(v_condition, 'true')) into v_rows;
  return v_rows;
exception
  -- A column that the condition names is gone, which the worker says when it reads the table.
  when undefined_column or undefined_function or datatype_mismatch then
    return null;
end
$$;
