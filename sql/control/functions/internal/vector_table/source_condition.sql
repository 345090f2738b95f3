-- Return the checked condition of a vector table and the columns it names. p_source has it if Python read it over the
-- connection; a table of this database is checked here. A blank condition is no condition.
create or replace function embedd_internal.source_condition(
  p_condition text, p_source jsonb, p_local boolean, out condition text, out columns text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  columns := '{}';
  if coalesce(btrim(p_condition), '') = '' then
    return;
  end if;

  if p_source ? 'condition' then
    condition := p_source ->> 'condition';
    columns := case when condition is null then '{}' else (embedd_internal.read_condition(condition)).columns end;
  elsif p_local then
    select c.condition, c.columns into condition, columns
      from embedd_internal.check_condition(
             p_condition, format('%I.%I', p_source ->> 'schema', p_source ->> 'name')::regclass) c;
  else
    raise exception using errcode = 'EBV01',
      message = 'where can only be checked over the connection.',
      hint = 'Create the vector table over REST.';
  end if;

  if exists (select from unnest(columns) n
               join jsonb_array_elements(p_source -> 'columns') c
                 on c ->> 'name' = n and not (c ->> 'can_read')::boolean) then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not read all columns that where names.', p_source ->> 'role'),
      hint = format('grant select on %I.%I to %s', p_source ->> 'schema', p_source ->> 'name', p_source ->> 'role');
  end if;
end
$$;
