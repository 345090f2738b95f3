-- Turns what is in the outbox into jobs, one worker at a time; returns how many keys it took: p_limit or, as its last row
-- may have several, a few more, unless there were fewer. The rows leave the outbox in the same transaction, so each is in
-- exactly one of the two. A table not yet backfilled needs no jobs: its backfill reads every row later.
-- p_from saves looking at what is gone: ids below it may still commit, so somebody has to come back.
-- last_id is the last one taken, p_from - 1 if there was none, and null when another worker was at it.
create or replace function embedd_internal.ingest(p_limit int, p_from bigint default 0)
returns table (events bigint, last_id bigint)
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_captures int[];
  v_page tid[];
  -- Longer keys may not fit the index of jobs. They must not stop everybody's ingest, so their table is reconciled:
  -- what does not fit then stops that task alone, and shows. A row whose key is null has no name and no job.
  v_longest int := 2600;
begin
  events := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('embedd_internal.ingest', 0)) then
    return next;
    return;
  end if;
  v_page := array(
    select ctid from (
      select ctid, coalesce(cardinality(keys), 1) as own, sum(coalesce(cardinality(keys), 1)) over (rows unbounded preceding) as total
        from (select ctid, keys from embedd.outbox where id >= p_from limit p_limit) first_rows) counted
     where total - own < p_limit);
  with rows_ as (
    delete from embedd.outbox
     where ctid = any (array(select ctid from embedd.outbox where ctid = any (v_page) for update skip locked))
    returning id, capture_id, kind, key, keys, at
  ), taken as (
    select r.id, r.capture_id, r.kind, r.at, k.key from rows_ r cross join unnest(coalesce(r.keys, array[r.key])) k (key)
  ), queued as (
    insert into embedd.jobs (generation_id, key, want, lane, dirty_since)
    select g.id, t.key, count(*), 'live', min(t.at)
      from taken t
      join embedd.vector_tables v on v.capture_id = t.capture_id and v.sync_status <> 'pending' and v.dropped_at is null
      join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
     where t.kind = 'k' and octet_length(t.key) <= v_longest
     group by g.id, t.key order by g.id, t.key
    on conflict (generation_id, key) do update
       set want = jobs.want + excluded.want, lane = 'live', state = 'queued', attempts = 0, crashes = least(jobs.crashes, 2),
           run_at = least(jobs.run_at, excluded.run_at), error_class = null, error = null,
           dirty_since = least(jobs.dirty_since, excluded.dirty_since)
  )
  select count(*), coalesce(max(id), p_from - 1), array_agg(distinct capture_id) filter (where kind <> 'k' or octet_length(key) > v_longest)
    into events, last_id, v_captures from taken;
  if v_captures is not null then
    perform embedd_internal.request_reconcile(id) from embedd.vector_tables
      where capture_id = any (v_captures) and dropped_at is null order by id;
  end if;
  return next;
end
$$;
