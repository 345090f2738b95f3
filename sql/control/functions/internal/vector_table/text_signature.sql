-- Return what decides the text of a row: the embedded columns in their order, with their prefixes. Two configurations
-- with the same signature need no new vectors.
create or replace function embedd_internal.text_signature(p_columns json) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_agg(jsonb_build_array(c.value ->> 'name', coalesce(c.value ->> 'name_prefix', ''))
                   order by (c.value ->> 'ordinal')::float8 nulls last, c.ordinality)
    from json_array_elements(p_columns) with ordinality c
   where c.value ->> 'role' = 'embedding'
$$;
