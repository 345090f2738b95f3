-- Rows of the source table now, where this session can count them; null where only a connection elsewhere can.
create or replace function embedd.count_source_rows(p_vector_table_id text) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation text;
  v_rows bigint;
begin
  select format('%I.%I', source_schema, source_name) into v_relation
    from embedd.vector_tables where id = p_vector_table_id and capture_id is not null;
  if to_regclass(v_relation) is null or not has_table_privilege(v_relation, 'select') then
    return null;
  end if;
  execute 'select count(*) from ' || v_relation into v_rows;
  return v_rows;
end
$$;
