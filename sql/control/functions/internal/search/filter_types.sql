-- Return the filter types of metadata columns by name, numbered by `place`. `kind` is the JSON type of stored values
-- and of operands, which messages call `operand`. If the values have an order, `compares` names them in messages, and
-- `compared_as` is the SQL text that follows both sides of a comparison. `whole` types hold 64-bit integers. `fits`
-- lists the SQL types of the columns that a filter type is for; without it, all are.
create or replace function embedd_internal.filter_types() returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(t.name, jsonb_strip_nulls(to_jsonb(t)))
    from (values
      (1, 'keyword', 'string',  'a string',      null,      null,        false, null::text[]),
      (2, 'integer', 'number',  'a number',      'numbers', '::numeric', true,  '{smallint,integer,bigint}'),
      (3, 'float',   'number',  'a number',      'numbers', '::numeric', false,
       '{smallint,integer,bigint,real,double precision,numeric}'),
      (4, 'boolean', 'boolean', 'true or false', null,      null,        false, '{boolean}')
    ) t (place, name, kind, operand, compares, compared_as, whole, fits)
$$;
