-- Return the operators that a filter on a column of this filter type may use in a store of this kind, in order; none
-- without a filter type.
create or replace function embedd_internal.allowed_operators(p_type text, p_store text) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select array(
    select o.name
      from jsonb_each(embedd_internal.filter_operators() -> p_type) o (name, operator)
     where o.operator -> 'stores' ? p_store
     order by (o.operator -> 'place')::int)
$$;
