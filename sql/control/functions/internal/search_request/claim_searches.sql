-- Lease search requests to a worker that serves these stores, at most 32 of an organization at once over all workers,
-- and organizations in turn. `ask` counts how often the same was asked: an answer is for the asks up to this one.
create or replace function embedd_internal.claim_searches(
  p_worker text, p_stores text[], p_lease interval, p_limit int)
returns table (digest bytea, ask bigint, need jsonb, generation_id bigint, organization_id text, environment_id text,
               user_id uuid, vector_table_id text, co_located boolean)
language sql set search_path = pg_catalog, pg_temp
as $$
  with taken as (
    select r.digest
      from embedd_internal.due_searches() d
      join embedd.search_requests r using (digest)
      join embedd.generations g on g.id = r.generation_id
     where d.turn <= 32 and g.store = any (p_stores)
       and r.asked > r.answered and (r.leased_until is null or r.leased_until < clock_timestamp())
     order by d.turn, r.wanted_until limit p_limit
       for update of r skip locked
  ), claimed as (
    update embedd.search_requests r
       set worker = p_worker, claimed = r.asked, leased_until = clock_timestamp() + p_lease
      from taken t
     where r.digest = t.digest
    returning r.*
  )
  select c.digest, c.claimed, c.need, g.id, v.organization_id, v.environment_id, c.user_id, v.id,
         g.store = 'pgvector' and s.host is null
    from claimed c
    join embedd.generations g on g.id = c.generation_id
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections s on s.id = v.connection_id
$$;
