-- Verification: source and store compared row by row, what that found, and stores that got lost.

alter table embedd.tasks
  drop constraint tasks_task_type_check,
  add constraint tasks_task_type_check check (task_type in ('backfill', 'rebackfill', 'reconcile', 'verify')),
  drop constraint tasks_phase_check,
  add constraint tasks_phase_check check (phase in ('source', 'settle', 'known', 'store', 'finish'));
comment on table embedd.tasks is
  'Long work users see. Phases: source = queue every key of the source table; settle = wait for those jobs; '
  'known = queue known keys the attempts since have not met (deleted rows); finish = wait, then done. '
  'A verification has source = compare every row with the store; store = look for points without a row; settle; finish.';

-- A verification goes on beside a backfill or a reconcile.
drop index embedd.tasks_one_running;
create unique index tasks_one_running on embedd.tasks (generation_id, (task_type = 'reconcile'))
  where status in ('pending', 'running') and task_type <> 'verify';
create unique index tasks_one_verifying on embedd.tasks (generation_id)
  where status in ('pending', 'running') and task_type = 'verify';
create index tasks_target on embedd.tasks (target_id, finished_at) where task_type = 'verify';

create table embedd.verifications (
  task_id         text primary key references embedd.tasks on delete cascade,
  vector_table_id text not null references embedd.vector_tables on delete cascade,
  repair          boolean not null,
  sweep           boolean not null,
  missing         bigint not null default 0,
  stale           bigint not null default 0,
  orphaned        bigint not null default 0,
  unreadable      bigint not null default 0,
  waiting         bigint not null default 0,
  skipped         bigint not null default 0,
  dead            bigint not null default 0,
  repaired        bigint not null default 0,
  examples        jsonb not null default '{}',
  waiting_keys    text[] not null default '{}'
) with (fillfactor = 50);
create index verifications_vector_table on embedd.verifications (vector_table_id);
comment on table embedd.verifications is
  'What each verification found; its rows_processed are the rows compared. Drift is missing, stale, orphaned and unreadable rows.';
comment on column embedd.verifications.sweep is 'Not asked for by anybody: the daily one, slow and with repair.';
comment on column embedd.verifications.waiting is 'Rows that differ, but still wait to be synced: no drift.';
comment on column embedd.verifications.skipped is 'Rows left out because the tier''s vectors are used up.';
comment on column embedd.verifications.dead is 'Rows set aside with a reason.';
comment on column embedd.verifications.repaired is 'Rows queued to be brought up to date.';
comment on column embedd.verifications.waiting_keys is 'Keys behind the checkpoint that have to be looked at again.';

alter table embedd.generations add column refilling boolean not null default false;
comment on column embedd.generations.refilling is 'Its store was lost; queries wait until a backfill has filled it again.';
