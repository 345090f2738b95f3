-- Record that a worker ends in order. p_released: it gave back all leases of jobs. Its peers then need not look for
-- leases that it left, which reads embedd.jobs completely. The other tables with leases are small.
create or replace function embedd_internal.record_end(p_worker text, p_released boolean) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.looks set ended = true
   where worker = p_worker and p_released
     and not exists (select from embedd.ranges where worker = p_worker and leased_until > clock_timestamp())
     and not exists (select from embedd.tasks where worker = p_worker and leased_until > clock_timestamp())
     and not exists (select from embedd.remote_outboxes where worker = p_worker and leased_until > clock_timestamp())
     and not exists (select from embedd.search_requests where worker = p_worker and leased_until > clock_timestamp())
$$;
