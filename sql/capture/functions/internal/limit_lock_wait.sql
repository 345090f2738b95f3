-- Set lock_timeout for the next lock on a source table, in this transaction: 2 s for the first lock (p_held_since is
-- null). Once a lock is held, the total wait since then stays below deadlock_timeout, so that PostgreSQL never cancels
-- a writer to resolve a deadlock.
create or replace function embedd_internal.limit_lock_wait(p_held_since timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_until timestamptz := p_held_since + 0.8 * current_setting('deadlock_timeout')::interval;
  v_wait interval := case when v_until is null then '2 s' else greatest(v_until - clock_timestamp(), '1 ms') end;
begin
  perform set_config('lock_timeout', ceil(extract(epoch from v_wait) * 1000)::text, true);
end
$$;
