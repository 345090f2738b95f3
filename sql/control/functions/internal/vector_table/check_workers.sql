-- Raise EBC12 if a running worker cannot read columns of the configured filter types, because it is of an earlier
-- version. A worker runs if it has looked for work in the last ten seconds. Once such columns are in use,
-- oldest_program() keeps earlier programs from starting, and stops those that run.
create or replace function embedd_internal.check_workers(p_columns jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_needed int := embedd_internal.needed_migration(p_columns);
begin
  if exists (select from embedd.looks l
              where coalesce(l.knows, 0) < v_needed and l.looked_at > clock_timestamp() - interval '10 s') then
    raise exception using errcode = 'EBC12',
      message = format('A worker of an earlier version is running, which cannot read columns of filter_type %s.', (
        select string_agg(distinct c ->> 'filter_type', ' or ' order by c ->> 'filter_type')
          from jsonb_array_elements(p_columns) c
         where embedd_internal.needed_migration(jsonb_build_array(c)) is not null)),
      hint = 'Upgrade embedd-pg where its workers run, and start them again.';
  end if;
end
$$;
