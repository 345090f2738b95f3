-- Return the tasks of the organization, newest first, before the given position. rows_processed counts rows that are
-- done.
create or replace function embedd.tasks(
  "limit" int default 100, before_created_at timestamptz default 'infinity', before_id text default '~')
returns table (id text, org_id text, task_type text, target_id text, status text, priority int, last_processed_pk text,
               rows_processed bigint, rows_total bigint, attempts int, max_attempts int, last_error text,
               created_at timestamptz, started_at timestamptz, finished_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, task_type, target_id, status, priority, last_processed_pk,
         embedd_internal.rows_done(t),
         rows_total, attempts, max_attempts, last_error, created_at, started_at, finished_at
    from embedd.tasks t
   where organization_id = embedd_internal.acting_organization() and (created_at, id) < (before_created_at, before_id)
   order by created_at desc, id desc limit "limit"
$$;
comment on function embedd.tasks(int, timestamptz, text) is
  'Return backfills and other long work of the organization, newest first.';
