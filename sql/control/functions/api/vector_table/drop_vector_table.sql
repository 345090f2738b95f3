-- Ends a vector table: triggers and sync at once, its vectors as soon as a worker has removed them. The source table stays as
-- it is.
create or replace function embedd.drop_vector_table(vector_table text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
begin
  perform embedd_internal.authorize('delete', 'vector_table', v_id);
  perform embedd_internal.end_vector_table(v_id);
  perform embedd_internal.note_change('drop_vector_table', v_id);
end
$$;
comment on function embedd.drop_vector_table(text) is 'Stops sync and removes the vectors; the source table is left as it is.';
