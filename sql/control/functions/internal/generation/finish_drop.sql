-- Forget a dropped generation whose store was removed. With the last generation also forget its vector table, unless
-- triggers in its remote database must still be removed, and with its last table an organization that is being deleted.
create or replace function embedd_internal.finish_drop(p_generation_id bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
begin
  delete from embedd.generations
   where id = p_generation_id and state = 'dropped'
  returning vector_table_id into v_table;

  delete from embedd.vector_tables v
   where v.id = v_table and v.dropped_at is not null and v.remote_capture_id is null
     and not exists (select from embedd.generations g where g.vector_table_id = v.id);

  perform embedd_internal.forget_organizations();
end
$$;
