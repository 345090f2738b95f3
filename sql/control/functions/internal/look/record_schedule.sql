-- Note that a worker ends when no work is left, and that another run begins within p_every after its last look. Until
-- then its absence is no standstill (embedd.standstill). The note can be repeated.
create or replace function embedd_internal.record_schedule(p_worker text, p_every interval) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.looks (worker, every) values (p_worker, p_every)
  on conflict (worker) do update set looked_at = clock_timestamp(), every = p_every
$$;
