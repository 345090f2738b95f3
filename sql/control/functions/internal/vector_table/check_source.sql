-- Raise unless the source table exists, belongs to neither embedd nor PostgreSQL, and the role sees all its rows.
-- p_source is the result of describe_source().
create or replace function embedd_internal.check_source(p_source_table text, p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
begin
  if p_source is null then
    raise exception using errcode = 'EBV01',
      message = format('source_table: there is no table %s.', coalesce(p_source_table, 'null')),
      hint = 'Give its name with the schema, as in public.products; quote names that need it.';
  end if;
  if (p_source ->> 'temporary')::boolean then
    raise exception using errcode = 'EBV01',
      message = format('source_table: %s is a temporary table, which only its own session sees.', v_table),
      hint = 'Use a permanent table.';
  end if;
  -- Tables of these schemas hold data of all organizations, or data whose visibility depends on the role.
  if p_source ->> 'schema' ~ '^(pg_.*|embedd|information_schema)$' then
    raise exception using errcode = 'EBV01',
      message = format('source_table: tables of the schema %s cannot be sources.', p_source ->> 'schema'),
      hint = 'Use a table in another schema.';
  end if;
  if not (p_source ->> 'can_use_schema')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not use the schema %s.', p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant usage on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
  if (p_source ->> 'row_security')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('Row security hides rows of %s from the role %s; rows it cannot see would look deleted.',
                       v_table, p_source ->> 'role'),
      hint = 'Use a role with BYPASSRLS, or the owner of the table.';
  end if;
end
$$;
