-- Return by how much the clock of the database went back since workers recorded it; zero if by less than a second.
-- Otherwise move all times that now lie in the future back by the same amount, so that nothing waits for the clock to
-- catch up and no lease ends early. Workers record the time each second, so the amount may be a second short.
-- Locks rows of jobs in the order of generation and key.
create or replace function embedd_internal.follow_clock() returns interval
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
  v_back interval;
  v_noted record;
begin
  if not exists (select from embedd.looks where looked_at > clock_timestamp() + interval '1 s') then
    return '0';
  end if;
  -- Another worker may have moved the times by the time this one gets the lock.
  perform pg_advisory_xact_lock(hashtextextended('embedd.clock', 0));
  v_now := clock_timestamp();
  v_back := (select max(looked_at) from embedd.looks) - v_now;
  if v_back is null or v_back < interval '1 s' then
    return '0';
  end if;

  perform from embedd.jobs
    where greatest(run_at, leased_until, dirty_since) > v_now
    order by generation_id, key for update;
  for v_noted in
    select split_part(name, '.', 1) as place, split_part(name, '.', 2) as time
      from unnest(string_to_array(
        'looks.looked_at jobs.run_at jobs.leased_until jobs.dirty_since ranges.run_at ranges.leased_until tasks.run_at '
        'tasks.leased_until vector_tables.next_poll_at vector_tables.next_count_at vector_tables.uncounted_since '
        'vector_tables.last_synced_at generations.retired_at remote_outboxes.leased_until unread_stores.leased_until '
        'capture_audits.audited_at instance.rival_since search_requests.wanted_until search_requests.kept_until '
        'search_requests.leased_until', ' ')) name
  loop
    execute format('update embedd.%I set %2$I = %2$I - $1 where %2$I > $2', v_noted.place, v_noted.time)
      using v_back, v_now;
  end loop;
  perform embedd_internal.add_notice(
    null, format('The clock of the database went back by %s s. Due times and leases were moved back with it.',
                 round(extract(epoch from v_back))));
  return v_back;
end
$$;
