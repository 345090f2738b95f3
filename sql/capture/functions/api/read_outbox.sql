-- Return events from the outbox with the places (ctid) of their rows: p_limit keys or a few more, or fewer if there are
-- no more. The control database calls this function over a connection. The events stay in the outbox until
-- clear_outbox() deletes them, once they are safe.
-- p_from skips the ids below it, so that deleted rows are not scanned again. Transactions with lower ids may still
-- commit, so the caller must return to them later. oldest: every transaction before it had ended when this snapshot was
-- taken. newest: every transaction from it on began later.
create or replace function embedd.read_outbox(p_installation uuid, p_limit int, p_from bigint default 0) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform embedd_internal.check_consumer(p_installation, false);
  return (
    with first_rows as (
      select o.ctid as place, o.id, o.capture_id, o.kind, coalesce(o.keys, array[o.key]) as keys
        from embedd.outbox o where o.id >= p_from limit p_limit
    ), counted as (
      select f.*, sum(cardinality(f.keys)) over (rows unbounded preceding) as total from first_rows f
    )
    select jsonb_build_object(
      'line', (select line from embedd.consumer),
      'oldest', pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
      'newest', pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
      'events', coalesce(jsonb_agg(jsonb_build_array(place, id, capture_id, kind, keys)), '[]'))
      from counted where total - cardinality(keys) < p_limit);
end
$$;
comment on function embedd.read_outbox(uuid, int, bigint) is
  'Return events of the outbox, which stay there, over a connection.';
