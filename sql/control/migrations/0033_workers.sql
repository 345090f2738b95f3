-- Each worker records that it lives, and when. If a worker stops doing so it has died, and the other workers end its
-- leases. A recorded time in the future shows that the clock of the database went back.
create table embedd.workers (
  name    text primary key,
  beat    bigint not null default 0,
  seen_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table embedd.workers is 'Workers on this database, each with a number that rises every two seconds.';
