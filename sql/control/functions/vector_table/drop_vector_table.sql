-- Ends a vector table: sync stops and its name is free at once, the triggers go when nothing else needs them;
-- a worker then removes the vectors. The source table stays as it is. The capture's row is locked, so that creating
-- and dropping vector tables on one source take turns.
create or replace function embedd.drop_vector_table(vector_table text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_capture int;
begin
  perform embedd.authorize('delete', 'vector_table', v_id);
  update embedd.vector_tables set dropped_at = now(), changed_at = now() where id = v_id returning capture_id into v_capture;
  update embedd.tasks set status = 'cancelled', finished_at = now() where target_id = v_id and status in ('pending', 'running');
  update embedd.generations set state = 'dropped' where vector_table_id = v_id;
  if v_capture is not null then
    update embedd.vector_tables set capture_id = null where id = v_id;
    perform from embedd.captures where id = v_capture for update;
    if embedd.needed_columns(v_capture) is not null then
      update embedd.captures set tracked_columns = embedd.needed_columns(v_capture) where id = v_capture;
      perform embedd.generate_capture(v_capture);
    else
      perform embedd.remove_capture(v_capture), embedd.forget_events(v_capture);
    end if;
  end if;
  perform embedd.note_change('drop_vector_table', v_id);
end
$$;
comment on function embedd.drop_vector_table(text) is 'Stops sync and removes the vectors; the source table is left as it is.';
