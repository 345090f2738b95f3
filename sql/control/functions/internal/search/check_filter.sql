-- Check a filter for a store of this kind, and return it in its normal form, null if it has no condition. `p_fields`
-- maps the columns that can be filtered by to their filter types. An invalid filter raises EBV01 with the path of the
-- mistake.

-- The normal form is a tree. Each node is an object whose only key is its kind:
--   {"and": [node, ...]}    holds if all parts hold; without parts it always holds.
--   {"or": [node, ...]}     holds if at least one part holds; without parts it never holds.
--   {"not": node}           holds if its part does not.
--   {"exists": {"field": "price"}}    holds if the field is present and not null.
--   {"in": {"field": "price", "type": "float", "values": [1, 2]}}
--     holds if the field equals one of the values; without values it never holds.
--   {"range": {"field": "price", "type": "float", "bounds": {"gt": 1, "lte": 2}}}
--     holds if the field is within the bounds `gt`, `gte`, `lt` and `lte` that are given. A whole number has only `gte`
--     and `lte`.
--   {"all": {"field": "tags", "type": "keyword[]", "values": ["a", "b"]}}   holds if the field has each of the values.
--   {"prefix": {"field": "word", "type": "keyword", "values": ["wa"]}}   holds if the field begins with the value.
-- Any other kind has field, type and values, like `in`. A field with an array equals each of its elements. A condition
-- is false on a row that lacks the field, so its negation is true there; no node is ever unknown. Times relative to now
-- have become times, by now() of the transaction.
create or replace function embedd_internal.check_filter(p_filters jsonb, p_fields jsonb, p_store text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_filters is null or p_filters = 'null' then
    return null;
  end if;
  return (
    select nullif(g.node, '{"and": []}')
      from embedd_internal.check_filter_group(p_filters, p_fields, p_store, 'filters', 1, 0) g);
end
$$;
