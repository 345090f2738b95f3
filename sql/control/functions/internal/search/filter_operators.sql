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
               -- `shape` limits an operator to types with an order (`ordered`), with one value in a row (`single`) or
               -- with arrays (`array`); `types` names the types if not all of these have it.
               (1,  'eq',     'in',     false, 'value',   'single',  null::text[], '{pgvector,qdrant}'::text[]),
               (2,  'ne',     'in',     true,  'value',   'single',  null,         '{pgvector,qdrant}'),
               (3,  'gt',     'range',  false, 'value',   'ordered', null,         '{pgvector,qdrant}'),
               (4,  'gte',    'range',  false, 'value',   'ordered', null,         '{pgvector,qdrant}'),
               (5,  'lt',     'range',  false, 'value',   'ordered', null,         '{pgvector,qdrant}'),
               (6,  'lte',    'range',  false, 'value',   'ordered', null,         '{pgvector,qdrant}'),
               (7,  'in',     'in',     false, 'values',  'single',  null,         '{pgvector,qdrant}'),
               (8,  'nin',    'in',     true,  'values',  'single',  null,         '{pgvector,qdrant}'),
               (9,  'prefix', 'prefix', false, 'value',   'single',  '{keyword}',  '{pgvector,qdrant}'),
               (10, 'any',    'in',     false, 'values',  'array',   null,         '{pgvector,qdrant}'),
               (11, 'all',    'all',    false, 'values',  'array',   null,         '{pgvector,qdrant}'),
               (12, 'exists', 'exists', false, 'boolean', null,      null,         '{pgvector,qdrant}')
             ) o (place, name, node, negated, operand, shape, types, stores)
            where (o.types is null or t.name = any (o.types))
              and case o.shape when 'ordered' then t.type ? 'compares'
                               when 'single' then not t.type ? 'element'
                               when 'array' then t.type ? 'element'
                               else true end))
    from jsonb_each(embedd_internal.filter_types()) t (name, type)
$$;
