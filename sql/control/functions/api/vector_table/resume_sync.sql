-- Resume automatic sync, including the changes made meanwhile, and return the table's id. A table whose last backfill
-- failed returns to error.
create or replace function embedd.resume_sync(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  update embedd.vector_tables v
     set sync_status = case b.status when 'failed' then 'error' else 'synced' end, changed_at = now()
    from embedd_internal.last_backfill(v_id) b
   where v.id = v_id and v.sync_status = 'paused';
  if not found then
    raise exception using errcode = 'EBC03',
      message = concat_ws(' ', 'Sync of this vector table is not paused.', embedd_internal.resting_reason()),
      hint = 'Only a paused table can be resumed.';
  end if;
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('resume_sync', v_id);
  return v_id;
end
$$;
comment on function embedd.resume_sync(text) is 'Resume automatic sync and catch up.';
