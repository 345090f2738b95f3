-- Return the operators of filters, by filter type and name, numbered by `place`. `node` is the part of a checked filter
-- that an operator becomes, as in check_filter.sql; a `negated` part must not hold. `operand` is what the operator
-- takes: a `value` of the type, an array of `values`, or a `boolean`, where false negates the part. `stores` are the
-- kinds of stores that answer it.
create or replace function embedd_internal.filter_operators() returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(t.name, (
           select jsonb_object_agg(o.name, to_jsonb(o))
             from (values
               -- An `ordered` operator is for the types with an order; `types` names the types if not all have it.
               (1, 'eq',     'in',     false, 'value',   false, null::text[], '{pgvector,qdrant}'::text[]),
               (2, 'ne',     'in',     true,  'value',   false, null,         '{pgvector,qdrant}'),
               (3, 'gt',     'range',  false, 'value',   true,  null,         '{pgvector,qdrant}'),
               (4, 'gte',    'range',  false, 'value',   true,  null,         '{pgvector,qdrant}'),
               (5, 'lt',     'range',  false, 'value',   true,  null,         '{pgvector,qdrant}'),
               (6, 'lte',    'range',  false, 'value',   true,  null,         '{pgvector,qdrant}'),
               (7, 'in',     'in',     false, 'values',  false, null,         '{pgvector,qdrant}'),
               (8, 'nin',    'in',     true,  'values',  false, null,         '{pgvector,qdrant}'),
               (9, 'exists', 'exists', false, 'boolean', false, null,         '{pgvector,qdrant}')
             ) o (place, name, node, negated, operand, ordered, types, stores)
            where (not o.ordered or t.type ? 'compares') and (o.types is null or t.name = any (o.types))))
    from jsonb_each(embedd_internal.filter_types()) t (name, type)
$$;
