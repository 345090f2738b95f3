-- Return generations whose physical store must be removed. First drop those that another generation replaced at least a
-- minute ago.
create or replace function embedd_internal.list_dropped() returns table (generation_id bigint, store text)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.generations
     set state = 'dropped'
   where state = 'draining' and retired_at < clock_timestamp() - interval '1 minute';

  select id, store from embedd.generations where state = 'dropped' order by id
$$;
