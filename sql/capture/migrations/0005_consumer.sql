-- Who takes the events of a database that has this line alone. Each event is taken once, so there can be only one.
create table embedd.consumer (
  only_row     boolean primary key default true check (only_row),
  installation uuid not null,
  line         uuid not null default gen_random_uuid(),
  since        timestamptz not null default now()
);
comment on table embedd.consumer is
  'The installation elsewhere that takes the events of this database; empty when there is none. Delete the row if it is no more.';
comment on column embedd.consumer.line is 'Tells the installation that several of its connections lead here.';
