-- Record that a worker lives, and follow the clock. Returns clock_back, the seconds by which the clock of the database
-- went back, and peers, the numbers of the other workers by name. The number of a dead worker no longer rises.
create or replace function embedd_internal.beat(p_worker text, out clock_back float8, out peers jsonb)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd_internal.require_instance();
  clock_back := extract(epoch from embedd_internal.follow_clock());
  insert into embedd.workers as w (name) values (p_worker)
  on conflict (name) do update set beat = w.beat + 1, seen_at = clock_timestamp();
  peers := (select coalesce(jsonb_object_agg(w.name, w.beat), '{}') from embedd.workers w where w.name <> p_worker);
end
$$;
