-- Look for work once, in one transaction: ingest the outbox, then return the generations with due jobs, and whether
-- tasks, polled sources, source counts, remote outboxes, search requests, dropped remote captures or dropped stores
-- wait. This worker may be unable to serve some of them.
-- p_arm asks writers to notify from now on. Without it, notifications are turned off once there were events, because a
-- busy worker needs none. oldest: every transaction before it had ended before this look. newest: every transaction
-- from it on began later. From these two the worker derives below which id of the outbox nothing is left.
-- The commit does not wait for the disk: a crash of the server that loses it leaves the events in the outbox.
create or replace function embedd_internal.poll_work(p_limit int, p_from bigint, p_arm boolean) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_taken record;
  v_oldest xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  perform embedd_internal.require_instance();
  perform set_config('synchronous_commit', 'off', true);
  select * into v_taken from embedd_internal.ingest(p_limit, p_from);
  -- A worker of an earlier version does not record its looks itself. One of 0.1.0 calls itself plainly embedd.
  if current_setting('application_name') = 'embedd' or not exists (select from embedd.looks
                  where error is null and looked_at > clock_timestamp() - interval '2 s') then
    perform embedd_internal.record_look('a worker of an earlier version', null);
  end if;
  update embedd.doorbell set armed = p_arm where armed <> p_arm and (p_arm or v_taken.events > 0);
  return jsonb_build_object(
    'at', clock_timestamp(), 'events', v_taken.events, 'last_id', v_taken.last_id, 'oldest', v_oldest::text::bigint,
    'newest', pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    'work', (select coalesce(jsonb_agg(w), '[]') from embedd_internal.find_work() w),
    'tasks', exists (select from embedd.tasks t
                       join embedd.organizations o on o.id = t.organization_id and o.status = 'active'
                       where t.status in ('pending', 'running') and run_at <= clock_timestamp()
                        and (leased_until is null or leased_until < clock_timestamp())),
    'polls', exists (select from embedd.vector_tables v
                       join embedd.organizations o on o.id = v.organization_id and o.status = 'active'
                      where capture_id is null and dropped_at is null
                        and sync_status in ('synced', 'error', 'pending_rebackfill')
                        and next_poll_at <= clock_timestamp()),
    'counts', exists (select from embedd_internal.due_counts()),
    'outboxes', exists (select from embedd_internal.free_outboxes()),
    'searches', exists (select from embedd_internal.due_searches()),
    'captures', exists (select from embedd.vector_tables
                         where dropped_at is not null and remote_capture_id is not null),
    'drops', exists (select from embedd.generations where state = 'dropped'
                        or state = 'draining' and retired_at < clock_timestamp() - interval '1 minute'));
end
$$;
