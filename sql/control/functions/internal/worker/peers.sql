-- Return when each of the other workers last recorded a look for work, without those that ended in order. The time of a
-- dead worker no longer changes. No lease is in the name that poll_work() notes for workers of earlier versions.
create or replace function embedd_internal.peers(p_worker text) returns table (worker text, looked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select l.worker, l.looked_at from embedd.looks l
   where l.worker not in (p_worker, 'a worker of an earlier version') and not l.ended
$$;
