-- The text that \d+ shows of the schemas and of the tables of the capture line. A migration may have set the text of an
-- object that it created; that one is not repeated here.
comment on schema embedd is 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
comment on schema embedd_internal is
  'Functions that only the programs and functions of embedd call. They change without notice.';

comment on table embedd.migrations is
  'Migrations that this schema has had. Lines: capture is what triggers need, control is everything else.';
comment on column embedd.migrations.line is 'capture or control.';
comment on column embedd.migrations.number is 'The number of the migration within its line, without gaps.';
comment on column embedd.migrations.name is 'The name of its file without the number.';
comment on column embedd.migrations.applied_at is 'When the migration ran in this database.';
comment on index embedd.migrations_pkey is 'Allows each migration to run once.';

comment on column embedd.captures.id is
  'Number of the capture; its triggers are zz_embedd_ID_…, their function is embedd.capture_ID().';
comment on column embedd.captures.source_table is 'The source table; an OID without a table once it was dropped.';
comment on column embedd.captures.key_columns is
  'The columns that identify a row, in the order of the parts of its key.';
comment on column embedd.captures.tracked_columns is 'The columns of which a change makes the key dirty.';
comment on column embedd.captures.row_level is
  'Whether triggers fire for each row instead of each statement, as on trees of tables.';
comment on column embedd.captures.created_at is 'When the capture was created.';
comment on sequence embedd.captures_id_seq is 'Numbers of captures.';
comment on index embedd.captures_pkey is 'Finds a capture by its number.';
comment on index embedd.captures_source_table_key_column_key is
  'Allows one capture for a table and key; vector tables share it.';

comment on column embedd.outbox.id is 'Number of the event, in the order of writing, not of committing.';
comment on column embedd.outbox.capture_id is 'The capture whose trigger wrote it.';
comment on column embedd.outbox.kind is 'k: keys are dirty; T: the table was truncated; R: its shape changed.';
comment on column embedd.outbox.key is 'The dirty key, if the event has only one.';
comment on column embedd.outbox.keys is 'Up to a hundred dirty keys of one statement, instead of key.';
comment on column embedd.outbox.at is 'When the transaction of the writer began.';
comment on sequence embedd.outbox_id_seq is 'Numbers of events.';
comment on index embedd.outbox_id is 'Lets readers skip events that were taken; costs writers almost nothing.';

comment on column embedd.doorbell.only_row is 'Always true: the table has one row.';
comment on column embedd.doorbell.armed is 'A worker sleeps: the next writer sends a notification.';
comment on column embedd.doorbell.enabled is 'false: writers send no notifications, and workers poll each second.';
comment on index embedd.doorbell_pkey is 'Allows the table one row.';

comment on column embedd.consumer.only_row is 'Always true: the table has one row or none.';
comment on column embedd.consumer.installation is
  'The installation that takes the events: embedd.instance.uid in its database.';
comment on column embedd.consumer.since is 'When that installation began to take events.';
comment on index embedd.consumer_pkey is 'Allows the table one row.';
comment on trigger captures_of_own_tables on embedd.captures is
  'Refuses captures of a table that the current role does not own.';
