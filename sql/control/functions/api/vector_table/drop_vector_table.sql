-- Drop a vector table. Triggers and sync end at once; a worker then removes the vectors. The source table stays
-- unchanged.
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
comment on function embedd.drop_vector_table(text) is
  'Stop sync and remove the vectors; the source table stays unchanged.';
