-- Return how many rows of a generation were set aside; with null, of all vector tables that workers follow, as in
-- oldest_jobs().
create or replace function embedd_internal.count_dead(p_generation_id bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select count(*)
    from embedd.jobs j
    join embedd.generations g on g.id = j.generation_id
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.organizations o on o.id = v.organization_id
   where j.state = 'dead'
     and case when p_generation_id is null
              then g.state <> 'dropped' and v.dropped_at is null and v.sync_status <> 'paused' and o.status = 'active'
              else j.generation_id = p_generation_id end
$$;
