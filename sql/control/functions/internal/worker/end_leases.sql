-- End the leases of a worker that died, so that others continue its work at once, and return whether it had any. Do
-- nothing if the worker has looked for work since p_looked_at, because then it lives. If it was only stopped for a
-- while, some work is done twice; tokens order the writes.
-- Locks rows of jobs in the order of generation and key.
create or replace function embedd_internal.end_leases(p_worker text, p_looked_at timestamptz) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
  v_rows bigint;
  v_ended bigint := 0;
begin
  if not exists (select from embedd.looks where worker = p_worker and looked_at = p_looked_at) then
    return false;
  end if;
  perform from embedd.jobs
    where worker = p_worker and leased_until > clock_timestamp()
    order by generation_id, key for update;
  foreach v_table in array array['jobs', 'ranges', 'tasks', 'remote_outboxes', 'search_requests'] loop
    execute format('update embedd.%I set leased_until = clock_timestamp()
                     where worker = $1 and leased_until > clock_timestamp()', v_table)
      using p_worker;
    get diagnostics v_rows = row_count;
    v_ended := v_ended + v_rows;
  end loop;
  return v_ended > 0;
end
$$;
