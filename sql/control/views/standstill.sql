-- One row with the reason while no worker looks for work; no row while one does. Workers record each second how their
-- looks end, so a record older than five seconds means that a worker has ended or cannot reach the database. Without a
-- look it is unknown whether changes wait; then embedd.sync_status(), embedd.status and embedd.health() show the
-- reason.
create or replace view embedd.standstill as
select case
         when count(*) filter (where l.recent) > 0 then
           concat('No worker can look for changes. ', max(l.error) filter (where l.recent))
         else
           concat('No worker looks for changes',
                  to_char(max(l.looked_at) at time zone 'UTC', '" since "YYYY-MM-DD HH24:MI:SS" UTC"'),
                  '. Start one with embedd worker or embedd up; if one runs, its log says what stops it.')
       end as reason,
       coalesce(min(l.error_at) filter (where l.recent), max(l.looked_at)) as since
  from (select *, looked_at between statement_timestamp() - interval '5 s'
                                and statement_timestamp() + interval '5 s' as recent
          from embedd.looks) l
having count(*) filter (where l.recent and l.error is null) = 0;
comment on column embedd.standstill.reason is 'Why no worker looks for work, and what to do.';
comment on column embedd.standstill.since is 'When a worker last looked, or began to fail; null: none ever ran.';
