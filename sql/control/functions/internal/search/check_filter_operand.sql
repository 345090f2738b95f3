-- Check the operand of an operator of a filter, and return its values as an array; null for an operator that takes true
-- or false.
create or replace function embedd_internal.check_filter_operand(
  p_takes text,
  p_type jsonb,
  p_operand jsonb,
  p_path text
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  c_values constant int := 1000;
begin
  if p_takes = 'boolean' then
    if jsonb_typeof(p_operand) <> 'boolean' then
      raise exception using errcode = 'EBV01', message = format('%s must be true or false.', p_path),
        hint = 'true for rows that have the field, false for rows that lack it.';
    end if;
    return null;
  elsif p_takes = 'value' then
    return jsonb_build_array(embedd_internal.check_filter_value(p_type, p_operand, p_path));
  elsif jsonb_typeof(p_operand) <> 'array' then
    raise exception using errcode = 'EBV01', message = format('%s must be an array.', p_path),
      hint = 'For example ["a", "b"].';
  elsif jsonb_array_length(p_operand) > c_values then
    raise exception using errcode = 'EBV01',
      message = format('%s is too long: at most %s values are allowed.', p_path, c_values),
      hint = 'Search several times, each with some of the values.';
  end if;
  return (
    select coalesce(jsonb_agg(
             embedd_internal.check_filter_value(p_type, value, format('%s[%s]', p_path, place - 1))), '[]')
      from jsonb_array_elements(p_operand) with ordinality e (value, place));
end
$$;
