-- The first backfill into a store beside the ledger leases key ranges instead of queueing a job per key.

create table embedd.ranges (
  id            bigint generated always as identity primary key,
  generation_id bigint not null references embedd.generations on delete cascade,
  task_id       text not null references embedd.tasks on delete cascade,
  after_key     text,
  last_key      text not null,
  token         bigint not null default 0,
  leased_until  timestamptz,
  worker        text,
  crashes       int not null default 0,
  run_at        timestamptz not null default now(),
  error_class   text,
  error         text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index ranges_place on embedd.ranges (generation_id, id);
comment on table embedd.ranges is
  'Key ranges a first backfill has still to fill: above after_key (null: from the start) up to last_key, in the order of the key.';

alter table embedd.tasks add column ranged boolean;
comment on column embedd.tasks.ranged is 'Whether it may fill by ranges; decided when it first starts.';

-- They answer more columns than before; the new ones are made when the functions are applied.
drop function if exists embedd.claim_jobs(bigint, text, int, text, interval);
drop function if exists embedd.claim_task(text, text[], interval);
