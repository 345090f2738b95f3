-- Return the installed schema version: the number of migrations of each line, as control.capture. Programs of 0.1.0,
-- whose application_name is plainly embedd, stop when the version changes while they run. As long as they are served
-- they get the version that they know; later programs call oldest_program() instead.
create or replace function embedd.version() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format('%s.%s', max(number) filter (where line = 'control'), max(number) filter (where line = 'capture'))
    from (select line, number from embedd.migrations where current_setting('application_name') <> 'embedd'
          union all
          select line, number from embedd.oldest_program() where current_setting('application_name') = 'embedd') known
$$;
comment on function embedd.version() is 'Return the installed schema version, control.capture.';
