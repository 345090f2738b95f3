-- Retry rows that were set aside: all of a vector table, or those of the given keys. Returns their number. Rows with
-- which workers died are tried alone.
create or replace function embedd.retry_dead_letters(vector_table text, keys text[] default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(retry_dead_letters.vector_table);
  v_count bigint;
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  update embedd.jobs j
     set state = 'queued', want = j.want + 1, attempts = 0, crashes = least(j.crashes, 2), run_at = clock_timestamp(),
         error_class = null, error = null
   where j.state = 'dead' and (retry_dead_letters.keys is null or j.key = any (retry_dead_letters.keys))
     and j.generation_id in (
       select g.id from embedd.generations g where g.vector_table_id = v_id and g.state <> 'dropped');
  get diagnostics v_count = row_count;
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('retry_dead_letters', v_id);
  return v_count;
end
$$;
comment on function embedd.retry_dead_letters(text, text[]) is 'Retry rows that were set aside; returns how many.';
