-- Another database may have our capture line, too: then its triggers tell of changes, and a worker fetches what they wrote.
alter table embedd.connections drop constraint connections_capture_check,
  add constraint connections_capture_check check (capture in ('trigger', 'remote_trigger', 'poll'));

alter table embedd.vector_tables add column remote_capture_id int;
comment on column embedd.vector_tables.remote_capture_id is
  'Of the capture in the database of the connection, which has its own; stays until its triggers are removed there.';
create index vector_tables_remote_capture on embedd.vector_tables (connection_id, remote_capture_id) where remote_capture_id is not null;

create table embedd.remote_outboxes (
  connection_id text primary key references embedd.connections on delete cascade,
  line          uuid not null,
  worker        text,
  leased_until  timestamptz,
  error         text
) with (fillfactor = 50);
comment on table embedd.remote_outboxes is 'Connections over which events are fetched, by one worker at a time.';
comment on column embedd.remote_outboxes.line is 'Of the database it leads to, as that calls itself: several connections may lead to one.';
comment on column embedd.remote_outboxes.error is 'Why they cannot be at the moment; then the tables are compared as if they had no triggers.';
