-- Which database this is, so that a copy of it never writes to its stores; what was found beside the triggers; rows that
-- kill workers or were refused.

create table embedd.instance (
  only_row          boolean primary key default true check (only_row),
  uid               uuid not null default gen_random_uuid(),
  system_identifier bigint,
  timeline          bigint,
  database_oid      oid not null,
  table_oid         oid not null,
  fence_high        bigint not null default 0,
  detached          boolean not null default false,
  beats             text[] not null default '{}',
  rival             text,
  rival_since       timestamptz,
  rivalled          boolean not null default false,
  checked_at        timestamptz not null default clock_timestamp()
);
comment on table embedd.instance is
  'The database that owns the stores, as it was when a worker last looked; empty before the first one.';
comment on column embedd.instance.system_identifier is 'Of the server; null: the role may not read it. timeline likewise.';
comment on column embedd.instance.table_oid is 'Of this table: a restored dump has another.';
comment on column embedd.instance.fence_high is 'The highest token known to be drawn; a sequence below it was set back.';
comment on column embedd.instance.beats is 'The last marks this database left in the managed store; a copy does not know the newest.';
comment on column embedd.instance.rival is 'A mark there that this database did not leave, watched since rival_since: who left it may be gone.';
comment on column embedd.instance.rivalled is 'A copy of this database is at work on the store; nothing is written until one is adopted or detached.';
comment on column embedd.instance.detached is 'It gave up the stores of the database it was copied from; its own have other names.';

alter table embedd.generations add column suspect_before bigint not null default 0;
comment on column embedd.generations.suspect_before is
  'Beliefs older than this token are from before a failover or restore: the store is asked, and written under a new token.';

create table embedd.unread_stores (
  generation_id bigint primary key references embedd.generations on delete cascade,
  token         bigint not null default 0,
  leased_until  timestamptz
);
comment on table embedd.unread_stores is
  'Stores to be read before anything is claimed for them: after a failover or restore they may hold what the ledger forgot.';

create table embedd.notices (
  id              bigint generated always as identity primary key,
  at              timestamptz not null default clock_timestamp(),
  vector_table_id text references embedd.vector_tables on delete cascade,
  message         text not null
);
comment on table embedd.notices is 'What was noticed and mended without anybody asking; null vector table: of the whole database.';

create table embedd.capture_audits (
  capture_id int primary key references embedd.captures on delete cascade,
  state      jsonb not null,
  audited_at timestamptz not null default clock_timestamp()
);
comment on table embedd.capture_audits is 'Triggers, tables and columns of each capture as the last audit left them.';

alter table embedd.jobs add column source_hash text;
comment on column embedd.jobs.source_hash is 'Row hash of a polled source for which the job was made; a dead one waits for another.';
create index jobs_suspect on embedd.jobs (generation_id, lane, run_at) where state = 'queued' and crashes > 0;
