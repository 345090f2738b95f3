-- End a vector table. Its sync stops and its name is free at once; triggers that no other table needs go; a worker then
-- removes the vectors. The row of the capture is locked, so that creating and dropping vector tables on one source take
-- turns.
create or replace function embedd_internal.end_vector_table(p_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_capture int;
begin
  update embedd.vector_tables
     set dropped_at = now(), changed_at = now()
   where id = p_id
  returning capture_id into v_capture;

  update embedd.tasks
     set status = 'cancelled', finished_at = now()
   where target_id = p_id and status in ('pending', 'running');

  update embedd.generations set state = 'dropped' where vector_table_id = p_id;

  if v_capture is not null then
    update embedd.vector_tables set capture_id = null where id = p_id;
    perform from embedd.captures where id = v_capture for update;
    if embedd_internal.needed_columns(v_capture) is not null then
      update embedd.captures set tracked_columns = embedd_internal.needed_columns(v_capture) where id = v_capture;
      perform embedd_internal.generate_capture(v_capture);
    else
      perform embedd_internal.remove_capture(v_capture), embedd_internal.forget_events(v_capture);
    end if;
  end if;
end
$$;
