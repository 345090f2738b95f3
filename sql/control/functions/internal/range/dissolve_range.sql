-- Turn a range into ordinary jobs because its workers died: the jobs identify the row that causes it. Returns false if
-- the range no longer belongs to this worker.
create or replace function embedd_internal.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_range embedd.ranges;
begin
  delete from embedd.ranges where id = p_range and token = p_token returning * into v_range;
  if not found then
    return false;
  end if;
  perform embedd_internal.enqueue_keys(v_range.generation_id, p_keys, 'backfill');
  update embedd.tasks set rows_processed = rows_processed + cardinality(p_keys) where id = v_range.task_id;
  return true;
end
$$;
