-- End the leases of a worker that died, so that others continue its work at once, and forget the worker. Returns false,
-- and does nothing, if the number of the worker is no longer p_beat: the worker lives, or a peer was faster. If the
-- worker was only stopped for a while, some work is done twice; tokens order the writes.
-- Locks rows of jobs in the order of generation and key.
create or replace function embedd_internal.end_leases(p_worker text, p_beat bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  delete from embedd.workers where name = p_worker and beat = p_beat;
  if not found then
    return false;
  end if;
  perform from embedd.jobs
    where worker = p_worker and leased_until > clock_timestamp()
    order by generation_id, key for update;
  update embedd.jobs set leased_until = clock_timestamp()
   where worker = p_worker and leased_until > clock_timestamp();
  update embedd.ranges set leased_until = clock_timestamp()
   where worker = p_worker and leased_until > clock_timestamp();
  update embedd.tasks set leased_until = clock_timestamp()
   where worker = p_worker and leased_until > clock_timestamp();
  update embedd.remote_outboxes set leased_until = clock_timestamp()
   where worker = p_worker and leased_until > clock_timestamp();
  return true;
end
$$;
