-- Start the task that fills the generation being built, or brings the active generation up to its new columns.
create or replace function embedd_internal.request_rebackfill(p_vector_table_id text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task text;
begin
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v.organization_id, 'rebackfill', v.id, g.id
    from embedd.vector_tables v
    join embedd.generations g on g.vector_table_id = v.id and g.state in ('building', 'active')
   where v.id = p_vector_table_id
   order by g.state = 'building' desc limit 1
  returning id into v_task;
  update embedd.vector_tables
     set sync_status = 'pending_rebackfill', last_error = null, last_error_at = null, changed_at = now()
   where id = p_vector_table_id;
  perform pg_notify('embedd', '');
  return v_task;
end
$$;
