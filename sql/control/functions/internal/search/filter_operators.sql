-- Return the operators that filters on a column of this filter type may use; none without a filter type.
create or replace function embedd_internal.filter_operators(p_type text) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_type in ('integer', 'float') then '{eq,ne,gt,gte,lt,lte,in,nin,exists}'::text[]
    when p_type is not null then '{eq,ne,in,nin,exists}'
    else '{}'
  end
$$;
