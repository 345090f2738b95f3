-- Return how many more vectors the managed tables of the organization may hold, at least 0; null means unlimited. The
-- function counts rows in the stores, as sync_status() does, so do not call it for every row.
create or replace function embedd.vector_budget() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select case when l.max_vectors is not null then greatest(0, l.max_vectors - (
           select count(*) from embedd.row_states r
             join embedd.generations g on g.id = r.generation_id and g.state = 'active'
             join embedd.vector_tables v on v.id = g.vector_table_id
            where v.organization_id = o.id and v.mode = 'managed' and v.dropped_at is null)) end
    from embedd.organizations o, embedd.tier_limits(o.tier) l where o.id = embedd_internal.acting_organization()
$$;
comment on function embedd.vector_budget() is 'Return how many more vectors the tier allows; null is no limit.';
