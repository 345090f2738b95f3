-- Return the search requests that wait for a worker, those of each organization numbered after the ones that workers
-- already answer for it.
create or replace function embedd_internal.due_searches() returns table (digest bytea, turn bigint)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select r.digest,
         row_number() over (partition by r.organization_id order by r.wanted_until, r.digest) + (
           select count(*) from embedd.search_requests b
            where b.organization_id = r.organization_id and b.asked > b.answered
              and b.leased_until > clock_timestamp())
    from embedd.search_requests r
    join embedd.organizations o on o.id = r.organization_id and o.status = 'active'
   where r.asked > r.answered and r.wanted_until > clock_timestamp()
     and (r.leased_until is null or r.leased_until < clock_timestamp())
$$;
