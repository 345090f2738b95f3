-- Bounds how long the next lock on a source table is waited for, in this transaction: 2 s for the first, given null. Once one
-- is held, given since when: less in all than deadlock_timeout, so that no writer is the one whose deadlock is resolved.
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
