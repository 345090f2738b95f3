-- Return the operands of an `in` node of a filter, whose type is as in filter_types(): each value once, and of whole
-- numbers none with a fraction, because no stored value equals it.
create or replace function embedd_internal.filter_values(p_type jsonb, p_values jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(u.value order by u.place), '[]')
    from (select e.value, min(e.place) as place
            from jsonb_array_elements(p_values) with ordinality e (value, place)
           where case when (p_type -> 'whole')::boolean then e.value::numeric = trunc(e.value::numeric) else true end
           group by e.value) u
$$;
