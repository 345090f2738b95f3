-- How far things are: jobs, what the store is believed to hold, tasks.

-- Every attempt draws one number; the store refuses whatever comes with a lower one than it has seen.
-- 2^53-1 because range filters of vector stores compare as doubles.
create sequence embedd.fence as bigint maxvalue 9007199254740991 cache 1;

create table embedd.jobs (
  generation_id bigint not null references embedd.generations on delete cascade,
  key           text not null,
  want          bigint not null default 1,
  token         bigint not null default 0,
  lane          text not null check (lane in ('live', 'backfill', 'verify')),
  state         text not null default 'queued' check (state in ('queued', 'dead')),
  leased_until  timestamptz,
  worker        text,
  attempts      int not null default 0,
  crashes       int not null default 0,
  run_at        timestamptz not null default now(),
  dirty_since   timestamptz not null default now(),
  error_class   text,
  error         text,
  primary key (generation_id, key)
) with (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);
create index jobs_due on embedd.jobs (generation_id, lane, run_at) where state = 'queued';
comment on table embedd.jobs is 'One row per dirty key; want counts the changes that asked for it, token is the last attempt''s.';

create table embedd.row_states (
  generation_id bigint not null references embedd.generations on delete cascade,
  key           text not null,
  token         bigint not null,
  text_hash     text not null,
  metadata_hash text not null,
  source_hash   text,
  checked       bigint not null,
  primary key (generation_id, key)
) with (fillfactor = 80);
comment on table embedd.row_states is 'What the store is believed to hold, a row per live key. text_hash is empty for a row without text.';
comment on column embedd.row_states.checked is 'Token of the last attempt that found the row as it is.';

create table embedd.tasks (
  id                 text primary key default 'task_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id    text not null references embedd.organizations on delete cascade,
  task_type          text not null check (task_type in ('backfill', 'rebackfill', 'reconcile')),
  target_id          text not null references embedd.vector_tables on delete cascade,
  generation_id      bigint not null references embedd.generations on delete cascade,
  status             text not null default 'pending'
                     check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  phase              text not null default 'source' check (phase in ('source', 'settle', 'known', 'finish')),
  priority           int not null default 3,
  start_token        bigint,
  last_processed_pk  text,
  rows_processed     bigint not null default 0,
  rows_total         bigint,
  attempts           int not null default 0,
  max_attempts       int not null default 3,
  last_error         text,
  run_at             timestamptz not null default now(),
  leased_until       timestamptz,
  worker             text,
  created_at         timestamptz not null default now(),
  started_at         timestamptz,
  finished_at        timestamptz
);
create index tasks_place on embedd.tasks (organization_id, created_at, id);
create unique index tasks_one_running on embedd.tasks (generation_id, (task_type = 'reconcile'))
  where status in ('pending', 'running');
comment on table embedd.tasks is
  'Long work users see. Phases: source = queue every key of the source table; settle = wait for those jobs; '
  'known = queue known keys the attempts since have not met (deleted rows); finish = wait, then done.';

create table embedd.fence_marks (
  at    timestamptz primary key default clock_timestamp(),
  fence bigint not null
);
comment on table embedd.fence_marks is 'Where the fence stood, once a minute: how old a token is, for cleaning up tombstones.';
