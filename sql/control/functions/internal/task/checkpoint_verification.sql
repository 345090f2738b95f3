-- Record what one step of a verification found, queue its repairs and record its progress, in one transaction. Returns
-- false, and records and queues nothing, if the task no longer belongs to this worker. p_counts: numbers by kind, such
-- as {"stale": 2}. p_examples: some keys by kind. p_suspects: keys whose point differs from the recorded state. p_new:
-- keys that the ledger does not know.
create or replace function embedd_internal.checkpoint_verification(
  p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb,
  p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks t
     set phase = p_phase, last_processed_pk = p_last, rows_processed = rows_processed + p_rows,
         leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
     and exists (select from embedd.generations g where g.id = t.generation_id and g.state = 'active')
  returning * into v_task;
  if not found then
    return false;
  end if;

  if p_counts <> '{}' or p_phase = 'finish' then
    update embedd.verifications s
       set missing = missing + coalesce((p_counts ->> 'missing')::bigint, 0),
           stale = stale + coalesce((p_counts ->> 'stale')::bigint, 0),
           orphaned = orphaned + coalesce((p_counts ->> 'orphaned')::bigint, 0),
           unreadable = unreadable + coalesce((p_counts ->> 'unreadable')::bigint, 0),
           waiting = waiting + coalesce((p_counts ->> 'waiting')::bigint, 0),
           skipped = skipped + coalesce((p_counts ->> 'skipped')::bigint, 0),
           repaired = repaired + coalesce((p_counts ->> 'repaired')::bigint, 0),
           dead = case when p_phase = 'finish' then (select count(*) from embedd.jobs
                         where generation_id = v_task.generation_id and state = 'dead') else dead end,
           examples = (
             select coalesce(jsonb_object_agg(kind, jsonb_path_query_array(
                      coalesce(s.examples -> kind, '[]') || coalesce(p_examples -> kind, '[]'), '$[0 to 9]')), '{}')
               from jsonb_object_keys(s.examples || p_examples) kind)
     where task_id = p_task;
  end if;

  update embedd.verifications set waiting_keys = p_waiting where task_id = p_task and waiting_keys <> p_waiting;
  perform embedd_internal.suspect_keys(v_task.generation_id, p_suspects) where p_suspects <> '{}';
  perform embedd_internal.enqueue_keys(v_task.generation_id, p_new, 'verify') where p_new <> '{}';
  return true;
end
$$;
