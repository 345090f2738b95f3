-- What everything is that triggers need, for whoever looks with \d+; what a migration said of its own objects stands there.
comment on schema embedd is 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
comment on schema embedd_internal is 'Functions that only the programs and functions of embedd call. They change without notice.';

comment on table embedd.migrations is 'The migrations this schema has had. Lines: capture is what triggers need, control all the rest.';
comment on column embedd.migrations.line is 'capture or control.';
comment on column embedd.migrations.number is 'Of the migration within its line, without gaps.';
comment on column embedd.migrations.name is 'The rest of its file''s name.';
comment on column embedd.migrations.applied_at is 'When it was run here.';
comment on index embedd.migrations_pkey is 'Each migration is run once.';

comment on column embedd.captures.id is 'In the names of its triggers, zz_embedd_ID_…, and of their function, embedd.capture_ID().';
comment on column embedd.captures.source_table is 'The table watched; an OID without a table once it was dropped.';
comment on column embedd.captures.key_columns is 'What names a row, in the order of the parts of its key.';
comment on column embedd.captures.tracked_columns is 'A change of any of these makes the key dirty.';
comment on column embedd.captures.row_level is 'Triggers for each row, not for each statement: on trees of tables.';
comment on column embedd.captures.created_at is 'When it was first watched.';
comment on sequence embedd.captures_id_seq is 'Numbers of captures.';
comment on index embedd.captures_pkey is 'A capture by its number.';
comment on index embedd.captures_source_table_key_column_key is 'Vector tables over one table and key share one capture.';

comment on column embedd.outbox.id is 'In the order of writing, not of committing.';
comment on column embedd.outbox.capture_id is 'The capture whose trigger wrote it.';
comment on column embedd.outbox.kind is 'k: keys are dirty; T: the table was truncated; R: its shape changed.';
comment on column embedd.outbox.key is 'The only dirty key of the row, if it is only one.';
comment on column embedd.outbox.keys is 'Up to a hundred dirty keys of one statement, in place of key.';
comment on column embedd.outbox.at is 'When the writer''s transaction began.';
comment on sequence embedd.outbox_id_seq is 'Numbers of the outbox''s rows.';
comment on index embedd.outbox_id is 'Lets readers pass over what has been taken; costs writers nearly nothing.';

comment on column embedd.doorbell.only_row is 'There is one row.';
comment on column embedd.doorbell.armed is 'A worker sleeps: the next writer rings.';
comment on column embedd.doorbell.enabled is 'False: nobody rings, and workers look by themselves each second.';
comment on index embedd.doorbell_pkey is 'There is one row.';

comment on column embedd.consumer.only_row is 'There is one row, or none.';
comment on column embedd.consumer.installation is 'Which installation: embedd.instance.uid over there.';
comment on column embedd.consumer.since is 'When it began to take events.';
comment on index embedd.consumer_pkey is 'There is one row, or none.';
comment on trigger captures_of_own_tables on embedd.captures is 'Who says what is captured of a table must own it.';
