-- How many rows the store is believed to hold.
create or replace function embedd.count_known(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) from embedd.row_states where generation_id = p_generation_id
$$;
