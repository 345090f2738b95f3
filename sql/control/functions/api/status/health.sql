-- Return one row for each measurement of the system's health. alert is null while all is well; otherwise one sentence
-- says what is wrong, which session causes it, and what to do. Ages are in seconds, and an age above patience raises an
-- alert. Between two scheduled runs of a worker, changes may also wait for the next run. A role that may not see the
-- sessions of other roles (pg_monitor) gets their age in transactions only.
create or replace function embedd.health(patience interval default '5 minutes')
returns table (subject text, value double precision, alert text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with limits as (
    select extract(epoch from patience)::float8 as patience, extract(epoch from pause)::float8 as pause
      from (select coalesce((select every from embedd.looks order by looked_at desc limit 1), '0')) l (pause)
  ), jobs as (
    select lane, extract(epoch from clock_timestamp() - dirty_since)::float8 as age from embedd_internal.oldest_jobs()
  ), sessions as (
    -- VACUUM removes no row version that the oldest of these snapshots (backend_xmin) may still see.
    select format('process %s (user %s, %s, %s)', pid, usename, coalesce(nullif(application_name, ''), 'unnamed'),
                  coalesce(state, 'state not visible')) as who,
           extract(epoch from clock_timestamp() - xact_start)::float8 as age,
           greatest(age(backend_xid), age(backend_xmin)) as transactions, datname = current_database() as here, state
      from pg_stat_activity
     where backend_type in ('client backend', 'walsender') and pid <> pg_backend_pid()
    union all
    select format('prepared transaction %s (user %s)', gid, owner), extract(epoch from clock_timestamp() - prepared),
           age(transaction), database = current_database(), 'prepared'
      from pg_prepared_xacts
    union all
    select format('replication slot %s', slot_name), null, age(xmin), true, 'slot'
      from pg_replication_slots
     where xmin is not null
  ), oldest as (
    select * from sessions where here is not false and transactions is not null
     order by age desc nulls last, transactions desc limit 1
  ), waiting as (
    select * from sessions where state like 'idle in transaction%' order by age desc nulls last limit 1
  ), measured (place, subject, value, alert) as (
    select 1, 'outbox_age', coalesce(extract(epoch from clock_timestamp() - embedd_internal.oldest_event()), 0),
           'Changes wait in the outbox because no worker takes them. Start one, or check its log.'
    union all
    select 2 + l.place, 'job_age_' || l.lane, coalesce((select age from jobs where lane = l.lane), 0),
           format('Changed rows wait in lane %s: sync_status() shows what stops their vector tables.', l.lane)
      from (values ('live', 1), ('backfill', 2), ('verify', 3)) l (lane, place)
    union all
    select 6, 'snapshot_age', coalesce((select age from oldest), 0),
           (select format('%s holds a snapshot, so VACUUM removes no row that is newer (%s transactions). '
                          'End it if it is not needed.',
                          who, transactions) from oldest)
  )
  select subject, value,
         case when value > patience + case when place < 6 then pause else 0 end then alert end from (
    select * from measured order by place) m, limits
  union all
  select 'dead_letters', d, case when d > 0 then
         format('%s rows were set aside; dead_letters() has the reason of each. '
                'A change of the row tries again.', d) end
    from embedd_internal.count_dead(null) d
  union all
  -- Running workers move due times back within two seconds.
  select 'clock', back, case when back > 5 then
         format('The clock of this database went back by %s s, so work that is due waits. '
                'A worker moves the due times back: start one, or see what its log says.', round(back)) end
    from (select coalesce(extract(epoch from greatest(max(looked_at) - clock_timestamp(), '0')), 0)::float8
            from embedd.looks) w (back)
  union all
  -- An operator disabled these organizations on purpose, so there is no alert.
  select 'disabled_tables', embedd_internal.count_disabled(), null
  union all
  select 'notification_queue', used, case when used > 0.1 then
         format('The notification queue is full to %s %%: a session listens and stays in a transaction, '
                'oldest of those: %s. When it is full, NOTIFY fails for everybody.',
                round(used * 100), coalesce((select who from waiting), 'none to be seen')) end
    from (select pg_notification_queue_usage()) q (used)
  union all
  select 'dead_rows', coalesce(sum(n_dead_tup), 0), case when sum(n_dead_tup) > 100000 + sum(n_live_tup) then
         'Autovacuum does not keep up with the tables of embedd: see snapshot_age, or give it more to work with.' end
    from pg_stat_user_tables where schemaname = 'embedd' and relname in ('outbox', 'jobs', 'row_states')
  union all
  -- 1 while a worker looks for changes.
  select 'workers', count(*) filter (where s.reason is null), max(s.reason)
    from (values (1)) one left join embedd.standstill s on true
  union all
  select 'listeners', count(*), case when count(*) = 0 and (select enabled from embedd.doorbell)
                                       and (select pause from limits) = 0 then
         'No worker receives notifications: none runs, or a pooler in transaction mode drops them '
         'and workers poll.' end
    from pg_stat_activity where application_name = 'embedd listening' and datname = current_database()
$$;
comment on function embedd.health(interval) is
  'Return what is old, stuck, full or held back: a row for each measurement, with an alert.';
