-- Return what the ledger knows of some keys, in one snapshot. busy: a change of the key waits or is in progress, so
-- source and store may differ. All keys are busy while a task of the generation is pending or running, while the outbox
-- has a truncate or a change of the table's shape, and while the outbox is too large to search. dead: the job was set
-- aside. token and checked belong to the recorded state and are null without one.
create or replace function embedd_internal.look_at_keys(p_generation_id bigint, p_keys text[])
returns table (key text, busy boolean, dead boolean, token bigint, checked bigint, source_hash text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with table_ as (
    select v.capture_id,
           v.capture_id is not null and embedd_internal.is_large('embedd.outbox')
           or exists (
             select from embedd.tasks t
              where t.generation_id = g.id and t.task_type <> 'verify' and t.status in ('pending', 'running'))
           or exists (
             select from embedd.outbox o
              where o.capture_id = v.capture_id and o.kind <> 'k' and not embedd_internal.is_large('embedd.outbox'))
             as busy
      from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
     where g.id = p_generation_id
  ), changed as (
    select k.key from embedd.outbox o join table_ on o.capture_id = table_.capture_id
     cross join unnest(coalesce(o.keys, array[o.key])) k (key)
     where k.key = any (p_keys) and not embedd_internal.is_large('embedd.outbox') group by k.key
  )
  select k.key,
         table_.busy or changed.key is not null or coalesce(j.state = 'queued', false),
         coalesce(j.state = 'dead', false),
         s.token, s.checked, s.source_hash
    from unnest(p_keys) k (key)
    cross join table_
    left join changed on changed.key = k.key
    left join embedd.jobs j on j.generation_id = p_generation_id and j.key = k.key
    left join embedd.row_states s on s.generation_id = p_generation_id and s.key = k.key
$$;
