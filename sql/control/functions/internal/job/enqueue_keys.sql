-- Mark keys of one generation as dirty, in a lane.
create or replace function embedd_internal.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.mark_dirty(array_agg(p_generation_id), array_agg(k), array_agg(1::bigint), null, p_lane)
    from (select distinct unnest(p_keys)) keys (k)
   where p_keys <> '{}'
$$;
