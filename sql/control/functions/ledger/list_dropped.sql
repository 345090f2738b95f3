-- Generations whose physical store still has to be removed.
create or replace function embedd.list_dropped() returns table (generation_id bigint, store text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, store from embedd.generations where state = 'dropped' order by id
$$;
