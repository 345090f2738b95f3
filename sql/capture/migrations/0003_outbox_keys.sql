-- A row for each key made up half of what a large statement's capture cost its writer, and nearly all of its WAL. Trigger
-- functions from before still write keys one by one until they are written anew.
alter table embedd.outbox add column keys text[];
comment on table embedd.outbox is
  'Dirty keys, written by triggers in the writer''s own transaction. kind: k = keys dirty (one in key, or some in keys), T = truncated, R = table shape changed.';
