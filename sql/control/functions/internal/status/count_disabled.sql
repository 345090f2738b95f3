-- Return how many vector tables belong to disabled organizations, so that no worker follows them.
create or replace function embedd_internal.count_disabled() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select count(*)
    from embedd.vector_tables v
    join embedd.organizations o on o.id = v.organization_id
   where v.dropped_at is null and o.status = 'disabled'
$$;
