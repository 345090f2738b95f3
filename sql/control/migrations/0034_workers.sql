-- Workers note that they live, and when. A worker that stops doing so without having given back its leases has died, so
-- its peers end them at once; and a time noted here that lies in the future shows that the clock went back.
create table embedd.workers (
  name    text primary key,
  beat    bigint not null default 0,
  seen_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table embedd.workers is 'Workers on this database, each with a number that rises every two seconds.';
