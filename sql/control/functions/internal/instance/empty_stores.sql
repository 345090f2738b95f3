-- Give all vector tables of all organizations new, empty stores, as a part of detach(), and forget the old stores with
-- the recorded state of their rows. Returns the number of vector tables. Does nothing if all stores have their new
-- names already.
create or replace function embedd_internal.empty_stores() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_suffix text := (select '_' || left(uid::text, 6) from embedd.instance where detached);
  v_count bigint;
begin
  if v_suffix is null or not exists (select from embedd.generations where right(store_table, 7) <> v_suffix) then
    return (select count(*) from embedd.vector_tables);
  end if;

  update embedd.tasks
     set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
   where status in ('pending', 'running');
  perform embedd_internal.abandon_generation(vector_table_id) from embedd.generations where state = 'building';
  delete from embedd.generations where state <> 'active';
  delete from embedd.vector_tables where dropped_at is not null;
  perform embedd_internal.forget_organizations();
  delete from embedd.ranges;
  delete from embedd.jobs;
  delete from embedd.row_states;
  delete from embedd.unread_stores;
  update embedd.generations
     set store_table = left(store_table, case chunking ->> 'strategy' when 'none' then 56 else 47 end) || v_suffix,
         refilling = false,
         suspect_before = 0;
  -- Triggers in remote databases belong to the original as well.
  delete from embedd.remote_outboxes;
  update embedd.connections set capture = 'poll' where capture = 'remote_trigger';
  update embedd.vector_tables
     set remote_capture_id = null,
         sync_status = 'pending',
         last_synced_at = null,
         last_error = null,
         last_error_at = null,
         changed_at = clock_timestamp();
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
