-- Finish reading a store: forget rows that the pass did not find in it, let tokens continue above the highest one found
-- (p_highest), and let attempts begin. Returns false if another worker is reading this store by now.
create or replace function embedd_internal.finish_store_reading(
  p_generation_id bigint, p_token bigint, p_highest bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_high bigint;
begin
  delete from embedd.unread_stores where generation_id = p_generation_id and token = p_token;
  if not found then
    return false;
  end if;
  delete from embedd.row_states where generation_id = p_generation_id and checked <> -p_token;
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if p_highest >= (select suspect_before from embedd.generations where id = p_generation_id) then
    v_high := embedd_internal.raise_fence(p_highest);
    update embedd.generations set suspect_before = v_high where id = p_generation_id;
  end if;
  update embedd.vector_tables v set changed_at = clock_timestamp()
    from embedd.generations g where g.id = p_generation_id and v.id = g.vector_table_id;
  perform pg_notify('embedd', '');
  return true;
end
$$;
