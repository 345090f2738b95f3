-- Return how many more rows a generation may hold within its organization's tier, at least 0; null means unlimited. The
-- other managed tables count with the generation that answers queries; a generation being built counts instead of the
-- one it replaces.
create or replace function embedd_internal.remaining_vectors(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, l.max_vectors - (
           select count(*) from embedd.row_states r
             join embedd.generations g on g.id = r.generation_id
             join embedd.vector_tables v on v.id = g.vector_table_id
            where v.organization_id = mine.organization_id and v.mode = 'managed' and v.dropped_at is null
              and (g.id = p_generation_id or g.state = 'active' and v.id <> mine.id)))
    from embedd.generations own
    join embedd.vector_tables mine on mine.id = own.vector_table_id
    join embedd.organizations o on o.id = mine.organization_id
    cross join embedd.tier_limits(o.tier) l
   where own.id = p_generation_id and mine.mode = 'managed' and l.max_vectors is not null
$$;
