-- Lease the next store that must be read after a failover or restore; no row if there is none for this worker. token
-- names this pass over the store; a worker that takes over later gets another token.
create or replace function embedd_internal.claim_unread_store(p_stores text[], p_lease interval)
returns table (generation_id bigint, token bigint)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.unread_stores u set token = nextval('embedd.fence'), leased_until = clock_timestamp() + p_lease
   where u.generation_id = (
     select n.generation_id from embedd.unread_stores n join embedd.generations g on g.id = n.generation_id
      where g.state <> 'dropped' and g.store = any (p_stores)
        and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.generation_id limit 1 for update of n skip locked)
  returning u.generation_id, u.token
$$;
