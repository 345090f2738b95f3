-- Create a task that verifies the generation which answers queries. Sweeps have the lowest priority.
create or replace function embedd_internal.start_verification(
  p_vector_table_id text, p_repair boolean, p_sweep boolean) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task text;
begin
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id, priority)
  select v.organization_id, 'verify', v.id, g.id, case when p_sweep then 5 else 3 end
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
   where v.id = p_vector_table_id
  returning id into v_task;
  insert into embedd.verifications (task_id, vector_table_id, repair, sweep)
  values (v_task, p_vector_table_id, p_repair, p_sweep);
  perform pg_notify('embedd', '');
  return v_task;
end
$$;
