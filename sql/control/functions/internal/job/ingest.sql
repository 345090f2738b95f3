-- Turn events of the outbox into jobs, one worker at a time. events is the number of keys taken: p_limit, or a few more
-- because the last row may hold several, or fewer if there are no more. The rows leave the outbox in the same
-- transaction, so each change is in exactly one of the two. A table that is not backfilled yet needs no jobs: its
-- backfill reads every row later. A row whose key is null has no name and gets no job.
-- p_from skips the ids below it, so that deleted rows are not scanned again. Transactions with lower ids may still
-- commit, so a worker must return to them later. last_id is the last id taken, p_from - 1 if there was none, and null
-- if another worker was ingesting.
create or replace function embedd_internal.ingest(p_limit int, p_from bigint default 0)
returns table (events bigint, last_id bigint)
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_captures int[];
  v_page tid[];
  v_generations bigint[];
  v_keys text[];
  v_counts bigint[];
  v_since timestamptz[];
  v_longest int := embedd_internal.max_key_bytes();
begin
  events := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('embedd.ingest', 0)) then
    return next;
    return;
  end if;

  v_page := array(
    select ctid
      from (
        select ctid, own, sum(own) over (rows unbounded preceding) as total
          from (
            select ctid, coalesce(cardinality(keys), 1) as own
              from embedd.outbox
             where id >= p_from
             limit p_limit) first_rows) counted
     where total - own < p_limit);

  with rows_ as (
    delete from embedd.outbox
     where ctid = any (array(select ctid from embedd.outbox where ctid = any (v_page) for update skip locked))
    returning id, capture_id, kind, key, keys, at
  ), taken as (
    select r.id, r.capture_id, r.kind, r.at, k.key
      from rows_ r
      cross join unnest(coalesce(r.keys, array[r.key])) k (key)
  ), dirty as (
    select g.id as generation_id, t.key, count(*), min(t.at) as since
      from taken t
      join embedd.vector_tables v on v.capture_id = t.capture_id and v.sync_status <> 'pending' and v.dropped_at is null
      join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
     where t.kind = 'k' and octet_length(t.key) <= v_longest
     group by g.id, t.key
  )
  select s.count, s.last_id, s.captures, d.generations, d.keys, d.counts, d.since
    into events, last_id, v_captures, v_generations, v_keys, v_counts, v_since
    from (
      select count(*), coalesce(max(id), p_from - 1) as last_id,
             array_agg(distinct capture_id) filter (where kind <> 'k' or octet_length(key) > v_longest) as captures
        from taken) s
    cross join (
      select array_agg(generation_id) as generations, array_agg(key) as keys,
             array_agg(count) as counts, array_agg(since) as since
        from dirty) d;

  if v_keys is not null then
    perform embedd_internal.mark_dirty(v_generations, v_keys, v_counts, v_since, 'live');
  end if;

  if v_captures is not null then
    perform embedd_internal.request_reconcile(id)
      from embedd.vector_tables
     where capture_id = any (v_captures) and dropped_at is null
     order by id;
  end if;
  return next;
end
$$;
