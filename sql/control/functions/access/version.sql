-- The installed schema version: the number of migrations of each line, as control.capture.
create or replace function embedd.version() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format('%s.%s', max(number) filter (where line = 'control'), max(number) filter (where line = 'capture'))
    from embedd.migrations
$$;
comment on function embedd.version() is 'Installed schema version, control.capture.';
