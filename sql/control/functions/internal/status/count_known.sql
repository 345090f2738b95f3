-- Return how many keys the ledger knows: rows that the store holds by the recorded state, and dead letters without such
-- a state.
create or replace function embedd_internal.count_known(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from embedd.row_states where generation_id = p_generation_id)
       + (select count(*) from embedd.jobs j
           where j.generation_id = p_generation_id and j.state = 'dead'
             and not exists (select from embedd.row_states s where s.generation_id = p_generation_id and s.key = j.key))
$$;
