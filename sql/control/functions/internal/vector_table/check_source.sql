-- The rules for a source table: it exists, is not what embedd or PostgreSQL keep for themselves, and all its rows can be seen.
-- p_source is what describe_source() found.
create or replace function embedd_internal.check_source(p_source_table text, p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
begin
  if p_source is null then
    raise exception using errcode = 'EBV01', message = format('source_table: there is no table %s.', coalesce(p_source_table, 'null')),
      hint = 'Give its name with the schema, as in public.products; quote names that need it.';
  end if;
  if (p_source ->> 'temporary')::boolean then
    raise exception using errcode = 'EBV01', message = format('source_table: %s is a temporary table, which only its own session sees.', v_table),
      hint = 'Use a permanent table.';
  end if;
  -- They hold what belongs to all organizations, or what a role sees of everybody.
  if p_source ->> 'schema' ~ '^(pg_.*|embedd|information_schema)$' then
    raise exception using errcode = 'EBV01', message = format('source_table: tables of the schema %s are no sources.', p_source ->> 'schema'),
      hint = 'Use a table of your own, in another schema.';
  end if;
  if not (p_source ->> 'can_use_schema')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not use the schema %s.', p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant usage on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
  if (p_source ->> 'row_security')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('Row security hides rows of %s from the role %s; rows it cannot see would look deleted.', v_table, p_source ->> 'role'),
      hint = 'Use a role with BYPASSRLS, or the owner of the table.';
  end if;
end
$$;
