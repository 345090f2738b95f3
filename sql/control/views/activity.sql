-- The present and the latest work of all workers, for all organizations: running tasks and the latest ended ones,
-- claimed rows, fetched outboxes, sessions that wait for a notification, the latest notices. The view reads tables
-- only, so SELECT on it is enough. It scans embedd.jobs and embedd.tasks, which takes milliseconds where few rows wait
-- and a fifth of a second with a million that do.
create or replace view embedd.activity as
with progress as (
  select t.*, g.state as generation_state,
         case when t.status = 'running' and t.task_type <> 'verify'
              then greatest(t.rows_processed - (
                     select count(*) from embedd.jobs j
                      where j.generation_id = t.generation_id and j.state = 'queued'
                        and j.lane = case when t.task_type = 'reconcile' then 'verify' else 'backfill' end), 0)
              else t.rows_processed end as done,
         extract(epoch from coalesce(t.finished_at, statement_timestamp()) - t.started_at)::float8 as seconds,
         row_number() over (
           partition by t.target_id, t.task_type, t.finished_at is null order by t.finished_at desc) as place
    from embedd.tasks t join embedd.generations g on g.id = t.generation_id
), rows (
  place, vector_table_id, kind, what, state, worker, since, rows_done, rows_total, rows_per_second, message, id
) as (
  select case when finished_at is null then 1 else 5 end, target_id, 'task', task_type, status,
         case when leased_until > statement_timestamp() then worker end,
         coalesce(finished_at, started_at, created_at), done, rows_total,
         case when done > 0 then round((done / greatest(seconds, 0.001))::numeric, 1) end, last_error, id
    from progress where finished_at is null or place = 1
  union all
  select 2, g.vector_table_id, 'jobs', j.lane, 'claimed', j.worker, min(j.dirty_since), null, count(*), null, null, null
    from embedd.jobs j join embedd.generations g on g.id = j.generation_id
   where j.leased_until > statement_timestamp() group by g.vector_table_id, j.lane, j.worker
  union all
  select 2, g.vector_table_id, 'range', 'backfill', 'claimed', r.worker, null, null, null, null,
         format('keys above %s up to %s', coalesce(r.after_key, 'the start'), r.last_key), r.task_id
    from embedd.ranges r join embedd.generations g on g.id = r.generation_id
   where r.leased_until > statement_timestamp()
  union all
  select 3, null, 'outbox', c.name, 'fetched', o.worker, null, null, null, null, o.error, c.id
    from embedd.remote_outboxes o join embedd.connections c on c.id = o.connection_id
   where o.leased_until > statement_timestamp()
  union all
  select 4, null, 'listener', 'a session that receives notifications', 'listening', format('process %s', pid),
         null, null, null, null, null, null
    from pg_catalog.pg_stat_activity where application_name = 'embedd listening' and datname = current_database()
  union all
  select 6, n.vector_table_id, 'notice', null, null, null, n.at, null, null, null, n.message, null
    from (select * from embedd.notices order by id desc limit 20) n
)
select o.name as organization, e.name as environment, v.name as vector_table, r.kind, r.what, r.state, r.worker,
       r.since, r.rows_done, r.rows_total, r.rows_per_second,
       case when r.state = 'running' and r.rows_per_second > 0
            then date_trunc(
              'second',
              statement_timestamp()
                + make_interval(secs => (greatest(r.rows_total - r.rows_done, 0) / r.rows_per_second)::float8)) end
         as estimated_end,
       r.message, r.id
  from rows r
  left join embedd.vector_tables v on v.id = r.vector_table_id
  left join embedd.environments e on e.id = v.environment_id
  left join embedd.organizations o on o.id = v.organization_id
 where v.dropped_at is null
 order by r.place, r.since desc nulls last, v.name;
comment on column embedd.activity.organization is
  'The organization of the vector table; null: the row is about the whole database.';
comment on column embedd.activity.environment is 'The environment of that vector table.';
comment on column embedd.activity.vector_table is 'The name of the vector table.';
comment on column embedd.activity.kind is
  'task, jobs (changed rows in progress), range (of a first backfill), outbox (remote), listener or notice.';
comment on column embedd.activity.what is
  'The type of a task, the lane of jobs (live, backfill, verify), the connection of an outbox.';
comment on column embedd.activity.state is 'The status of a task; claimed: a worker has a lease.';
comment on column embedd.activity.worker is 'The worker that has the lease; null: none has one at the moment.';
comment on column embedd.activity.since is
  'When a task started or ended, when the oldest of the rows became dirty, or when a notice was written.';
comment on column embedd.activity.rows_done is
  'Rows that are done, out of those the task has queued or compared so far.';
comment on column embedd.activity.rows_total is 'All rows of a task; for jobs, the number of claimed rows.';
comment on column embedd.activity.rows_per_second is 'The rate since the task started.';
comment on column embedd.activity.estimated_end is 'When a running task ends at that rate.';
comment on column embedd.activity.message is 'The last error of a task or an outbox, or the text of a notice.';
comment on column embedd.activity.id is 'The id of the task, or of the connection of an outbox.';
