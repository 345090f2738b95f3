-- Return the filter types of metadata columns by name, numbered by `place`. `kind` is the JSON type of stored values
-- and of operands, which messages call `operand`; a type with an `element` holds arrays of that type, and its operands
-- are those of the element. If the values have an order, `compares` names them in messages, `compared_as` is the SQL
-- text that follows both sides of a comparison, and `comparable` is the SQL text that follows a stored value, as text,
-- to ask whether it has a place in the order; without it, every value of the JSON type has. `whole` types hold 64-bit
-- integers. `fits` lists the SQL types of the columns that a filter type is for; without it, all are. `since` is the
-- migration that brought the type: programs that do not know it cannot read such columns. All programs know the others.
create or replace function embedd_internal.filter_types() returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(t.name, jsonb_strip_nulls(to_jsonb(t)))
    from (values
      (1, 'keyword', 'string', 'a string', null, null, null, null, false, null::text[], null::int),
      (2, 'integer', 'number', 'a number', null, 'numbers', '::numeric', null, true, '{smallint,integer,bigint}', null),
      (3, 'float', 'number', 'a number', null, 'numbers', '::numeric', null, false,
       '{smallint,integer,bigint,real,double precision,numeric}', null),
      (4, 'boolean', 'boolean', 'true or false', null, null, null, null, false, '{boolean}', null),
      -- Times are texts of one form, so their order is that of the texts. A time outside the years 1 to 9999 is a text
      -- of another form and has no place in the order.
      (5, 'datetime', 'string', 'a time as text', null, 'times', ' collate "C"',
       ' like ''____-__-__T__:__:__.______Z''', false,
       '{date,timestamp without time zone,timestamp with time zone}', 39),
      (6, 'uuid', 'string', 'a UUID as text', null, null, null, null, false, '{uuid}', 39),
      (7, 'keyword[]', 'string', 'a string', 'keyword', null, null, null, false, '{text[],character varying[]}', 39),
      (8, 'integer[]', 'number', 'a number', 'integer', null, null, null, true, '{smallint[],integer[],bigint[]}', 39)
    ) t (place, name, kind, operand, element, compares, compared_as, comparable, whole, fits, since)
$$;
