-- Starts automatic sync again; what changed meanwhile is caught up.
create or replace function embedd.resume_sync(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
begin
  update embedd.vector_tables set sync_status = 'synced', changed_at = now() where id = v_id and sync_status = 'paused';
  if not found then
    raise exception using errcode = 'EBC03', message = 'Sync of this vector table is not paused.',
      hint = 'Only a paused table can be resumed.';
  end if;
  perform pg_notify('embedd', '');
  return v_id;
end
$$;
comment on function embedd.resume_sync(text) is 'Starts automatic sync again and catches up.';
