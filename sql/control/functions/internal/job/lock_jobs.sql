-- Lock the jobs that an attempt still holds, in the order of their keys, and return where they are, parallel to p_keys;
-- null stands for a job with another token. The place of a locked row stays the same until the transaction changes it.
-- Statements find the rows by their places, because no estimate of the planner can turn that into a join that reads the
-- whole queue once for each key, as it does while a queue that has just been filled has no statistics.
create or replace function embedd_internal.lock_jobs(p_generation_id bigint, p_token bigint, p_keys text[])
returns tid[]
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select array_agg(j.place order by k.number)
    from (select key, number from unnest(p_keys) with ordinality u (key, number) order by key) k
    left join lateral (
      select ctid as place from embedd.jobs
       where generation_id = p_generation_id and key = k.key and token = p_token for update) j on true
$$;
