-- Return the columns that the vector tables on a capture need, across all organizations; null if none is left on it.
create or replace function embedd_internal.needed_columns(p_capture_id int) returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct c ->> 'name' order by c ->> 'name')
    from embedd.vector_tables v, json_array_elements(v.columns) c
   where v.capture_id = p_capture_id
$$;
