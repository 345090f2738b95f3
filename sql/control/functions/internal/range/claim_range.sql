-- Lease one range to a worker under a new token. The token is drawn when the range has long been committed, so a claim
-- of one of its keys under a higher token sees the range. The lease is committed before any row of the range is read.
create or replace function embedd_internal.claim_range(p_generation_id bigint, p_worker text, p_lease interval)
returns table (id bigint, token bigint, after_key text, last_key text, crashes int)
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.require_instance();
  update embedd.ranges r
     set token = nextval('embedd.fence'), leased_until = clock_timestamp() + p_lease, worker = p_worker,
         crashes = r.crashes + (r.leased_until is not null)::int
   where r.id = (
     select n.id from embedd.ranges n
      where n.generation_id = p_generation_id and n.run_at <= clock_timestamp()
        and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.id limit 1 for update skip locked)
  returning r.id, r.token, r.after_key, r.last_key, r.crashes
$$;
