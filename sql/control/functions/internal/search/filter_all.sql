-- Return the node for arrays with every one of the checked values, whose field and type are given, the type as in
-- filter_types(). Without values it always holds; with a fraction among whole numbers it never does.
create or replace function embedd_internal.filter_all(p_name text, p_type jsonb, p_values jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_values = '[]' then jsonb '{"and": []}'
    when jsonb_array_length(v.kept) < (select count(distinct value) from jsonb_array_elements(p_values))
      then jsonb_build_object('in', v.field || '{"values": []}')
    else jsonb_build_object('all', v.field || jsonb_build_object('values', v.kept)) end
    from (select jsonb_build_object('field', p_name, 'type', p_type -> 'name') as field,
                 embedd_internal.filter_values(p_type, p_values) as kept) v
$$;
