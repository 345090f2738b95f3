-- Each worker notes whether it can look for work. Without a recent look nobody knows whether changes wait, so no vector
-- table is shown as synced.
create table embedd.looks (
  worker    text primary key,
  looked_at timestamptz not null default clock_timestamp(),
  error     text,
  error_at  timestamptz
) with (fillfactor = 50);
comment on table embedd.looks is 'The latest look for work of each worker, noted every second.';
