-- For those who host for others: request counts per organization, and who changed what.

-- Unlogged: counts of the last two minutes are worth no write-ahead log, and after a crash they may start again.
create unlogged table embedd.request_counts (
  organization_id text primary key,
  minute          bigint not null,
  current         int not null,
  previous        int not null,
  admitted        boolean not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table embedd.request_counts is
  'Requests of each organization in the minute of its last one and in the one before; admitted is the last one''s fate.';

-- No references: an entry outlives whoever it is about.
create table embedd.audit_log (
  id              bigint generated always as identity primary key,
  at              timestamptz not null default clock_timestamp(),
  organization_id text not null,
  user_id         uuid,
  key_id          text,
  operation       text not null,
  target          text,
  result          text not null,
  address         text,
  request_id      text
);
create index audit_log_organization on embedd.audit_log (organization_id, id);
comment on table embedd.audit_log is 'Who changed or tried to change what through the REST API. Entries are added, never changed.';
comment on column embedd.audit_log.result is 'ok, or the code of the error.';

create index api_keys_place on embedd.api_keys (organization_id, created_at, id);
create index environments_place on embedd.environments (organization_id, created_at, id);

-- It answers with more columns now; the functions are made again after the migrations.
drop function if exists embedd.authenticate(bytea);
