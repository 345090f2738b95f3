-- Check `without` of a search request, the keys of rows to leave out, and return it; an empty list if there is none.
create or replace function embedd_internal.check_without(p_without jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  c_rows constant int := 1000;
begin
  if p_without is null or p_without = 'null' then
    return '[]';
  elsif (case jsonb_typeof(p_without) when 'array'
           then jsonb_path_exists(p_without, 'strict $[*] ? (@.type() != "string")') else true end) then
    raise exception using errcode = 'EBV01', message = 'without must be a list of keys, which are strings.',
      hint = 'A key is the id of a result, as in ["17", "23"].';
  elsif jsonb_array_length(p_without) > c_rows then
    raise exception using errcode = 'EBV01', message = format('without must name at most %s rows.', c_rows),
      hint = 'Leave out rows by a filter, or search for something more precise.';
  end if;
  return p_without;
end
$$;
