-- Return the columns that primary_key_column names: one column by its plain name, or several SQL identifiers with
-- commas between them. If p_named is null, return those of the primary key; null if there is none.
create or replace function embedd_internal.named_key(p_source jsonb, p_named text) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_pieces text[];
  v_piece text;
  v_columns text[] := '{}';
begin
  if p_named is null then
    return (select array_agg(name order by place)
              from jsonb_array_elements_text(nullif(p_source -> 'primary_key', 'null'))
                   with ordinality k (name, place));
  end if;

  if strpos(p_named, ',') = 0
     or exists (select from jsonb_array_elements(nullif(p_source -> 'columns', 'null')) c
                 where c ->> 'name' = p_named) then
    return array[p_named];
  end if;

  v_pieces := array(select piece[1] from regexp_matches(p_named, '(?:"(?:[^"]|"")*"|[^",])+', 'g') piece);
  if array_to_string(v_pieces, ',') <> p_named then
    raise invalid_parameter_value;
  end if;
  foreach v_piece in array v_pieces loop
    if cardinality(parse_ident(v_piece)) <> 1 then
      raise invalid_parameter_value;
    end if;
    v_columns := v_columns || parse_ident(v_piece);
  end loop;
  return v_columns;
exception when invalid_parameter_value then
  raise exception using errcode = 'EBV01',
    message = format('primary_key_column: %s is not a list of columns.', quote_literal(p_named)),
    hint = 'Write column names with commas between them, as in order_id, line_no; '
           'quote names that need it, as in "Order", "No.".';
end
$$;
