-- Check one operand of a filter against the type of its field, as in filter_types(), and return it as the store
-- holds it: a double for a float field; for an integer field a number in the range of 64 bits, which may have a
-- fraction; a time in the one form of filter_time(); a UUID in lower case with hyphens.
create or replace function embedd_internal.check_filter_value(p_type jsonb, p_operand jsonb, p_path text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set extra_float_digits = 1
as $$
declare
  v_kind text := jsonb_typeof(p_operand);
  v_number numeric;
begin
  if v_kind <> p_type ->> 'kind' then
    raise exception using errcode = 'EBV01',
      message = case v_kind
        when 'null' then format('%s must not be null; use exists to ask whether a field is there.', p_path)
        else format('%s must be %s.', p_path, p_type ->> 'operand') end,
      hint = format('The field is %s.', p_type ->> 'name');
  end if;

  case p_type ->> 'name'
  when 'float' then
    begin
      return to_jsonb(p_operand::float8);
    exception when numeric_value_out_of_range then
      raise exception using errcode = 'EBV01',
        message = format('%s must be a number within the range of a double.', p_path),
        hint = 'Compare with a smaller number.';
    end;
  when 'integer' then
    v_number := p_operand::numeric;
    if v_number not between -9223372036854775808 and 9223372036854775807 then
      raise exception using errcode = 'EBV01',
        message = format('%s must be within the range of a 64-bit integer.', p_path),
        hint = 'Compare with a smaller number.';
    end if;
    return to_jsonb(case trunc(v_number) when v_number then trunc(v_number) else v_number end);
  when 'datetime' then
    return to_jsonb(embedd_internal.filter_time(p_operand #>> '{}', p_path));
  when 'uuid' then
    begin
      return to_jsonb((p_operand #>> '{}')::uuid);
    exception when invalid_text_representation then
      raise exception using errcode = 'EBV01', message = format('%s must be a UUID.', p_path),
        hint = 'For example "0f8fad5b-d9cb-469f-a165-70867728950e".';
    end;
  else
    return p_operand;
  end case;
end
$$;
