-- Check which parts of its results a search asks for, null for all: an array with names of columns and of the fields
-- that can be left out. Return it, or raise EBV01 with the name that is unknown.
create or replace function embedd_internal.check_select(p_generation jsonb, p_select jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_fields constant text[] := '{similarity_score,embedded_text,passage}';
  v_columns text[] := array(
    select c ->> 'name' from jsonb_array_elements(p_generation -> 'source' -> 'columns') with ordinality e (c, place)
     order by place);
  v_unknown record;
begin
  if p_select is null or p_select = 'null' then
    return null;
  elsif jsonb_typeof(p_select) <> 'array' or jsonb_array_length(p_select) > 2000 then
    raise exception using errcode = 'EBV01', message = 'select must be an array of at most 2000 names.',
      hint = 'For example ["name", "price"]. Leave it out for everything.';
  end if;

  select place - 1 as place, value into v_unknown
    from jsonb_array_elements(p_select) with ordinality e (value, place)
   where jsonb_typeof(value) <> 'string' or value #>> '{}' <> all (v_columns || c_fields)
   order by place limit 1;
  if found then
    raise exception using errcode = 'EBV01',
      message = format('select[%s]: results have no column %s; they have: %s.', v_unknown.place,
                       case when length(v_unknown.value::text) > 80 then left(v_unknown.value::text, 77) || '...'
                            else v_unknown.value::text end,
                       array_to_string(v_columns, ', ')),
      hint = format('Name columns of the vector table, or the fields %s.', array_to_string(c_fields, ', '));
  end if;
  return p_select;
end
$$;
