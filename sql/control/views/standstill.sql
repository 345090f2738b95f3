-- One row with the reason while no worker looks for work; no row while one does. Workers record each second how their
-- looks end, so a record older than five seconds means that a worker has ended or cannot reach the database. A worker
-- that runs on a schedule has promised the next run: if it was the last to look, its look counts until that run is
-- overdue by a minute. Without a look it is unknown whether changes wait; then embedd.sync_status(), embedd.status and
-- embedd.health() show the reason.
create or replace view embedd.standstill as
select case
         when count(*) filter (where l.counts) > 0 then
           concat('No worker can look for changes. ', max(l.error) filter (where l.counts))
         when max(l.due) is not null then
           concat('No worker looks for changes: a scheduled run was due by ',
                  to_char(max(l.due) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
                  ' UTC. Check the schedule of embedd worker --drain, and the log of its runs.')
         else
           concat('No worker looks for changes',
                  to_char(max(l.looked_at) at time zone 'UTC', '" since "YYYY-MM-DD HH24:MI:SS" UTC"'),
                  '. Start one with embedd worker or embedd up; if one runs, its log says what stops it.')
       end as reason,
       coalesce(min(l.error_at) filter (where l.counts), max(l.looked_at)) as since
  from (select *, looked_at <= statement_timestamp() + interval '5 s'
                  and (looked_at >= statement_timestamp() - interval '5 s'
                       or due >= statement_timestamp() - interval '1 minute') as counts
          from (select *, case when looked_at = max(looked_at) over () then looked_at + every end as due
                  from embedd.looks) noted) l
having count(*) filter (where l.counts and l.error is null) = 0;
comment on column embedd.standstill.reason is 'Why no worker looks for work, and what to do.';
comment on column embedd.standstill.since is 'When a worker last looked, or began to fail; null: none ever ran.';
