-- Return how many rows of a generation the store holds by the recorded state (synced), how many of them have no text
-- (skipped), and how many rows without a state were set aside (not_held). The function has its owner's rights, as all
-- functions that count have: a role that may see the status learns how many rows there are, never which.
create or replace function embedd_internal.count_states(
  p_generation_id bigint, out synced bigint, out skipped bigint, out not_held bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select count(*), count(*) filter (where r.text_hash = ''),
         (select count(*) from embedd.jobs j
           where j.generation_id = p_generation_id and j.state = 'dead'
             and not exists (select from embedd.row_states r where r.generation_id = j.generation_id and r.key = j.key))
    from embedd.row_states r where r.generation_id = p_generation_id
$$;
