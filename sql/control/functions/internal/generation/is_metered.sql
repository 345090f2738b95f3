-- Return whether the tier of its organization limits the rows of a vector table.
create or replace function embedd_internal.is_metered(p_vector_table_id text) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select v.mode = 'managed' and l.max_vectors is not null
    from embedd.vector_tables v
    join embedd.organizations o on o.id = v.organization_id
    cross join embedd.tier_limits(o.tier) l
   where v.id = p_vector_table_id
$$;
