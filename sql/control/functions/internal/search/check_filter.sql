-- Check a filter and return it in its normal form, which embedd_pg/filters/tree.py describes; null if it asks for
-- nothing. `p_fields` maps the columns one may filter by to their filter types. An invalid filter raises EBV01 with the
-- path of the mistake.
create or replace function embedd_internal.check_filter(p_filters jsonb, p_fields jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select nullif(g.node, '{"and": []}')
    from embedd_internal.check_filter_group(p_filters, p_fields, 'filters', 1, 0) g
   where p_filters <> 'null'
$$;
