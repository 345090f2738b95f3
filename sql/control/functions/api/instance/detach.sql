-- Give this copy its own empty vector stores under unused names. The stores of the original stay as they are. Each
-- vector table then needs a backfill. Returns the number of vector tables.
create or replace function embedd.detach() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now record;
  v_count bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if embedd_internal.instance_state() <> 'foreign' then
    raise exception using errcode = 'EBX02',
      message = 'This database owns its stores; there is nothing to detach from.',
      hint = 'Detach the copy, not the original.';
  end if;

  v_now := embedd_internal.read_identity();
  update embedd.instance
     set uid = gen_random_uuid(),
         detached = true,
         system_identifier = v_now.system_identifier,
         timeline = v_now.timeline,
         database_oid = v_now.database_oid,
         table_oid = v_now.table_oid,
         rivalled = false,
         rival = null,
         fence_high = (select last_value from embedd.fence);
  v_count := embedd_internal.empty_stores();
  perform embedd_internal.add_notice(null, 'This database was detached from the stores of the one it was copied from.');
  perform embedd_internal.note_change('detach', null);
  return v_count;
end
$$;
comment on function embedd.detach() is
  'Give a copied database its own empty vector stores; backfill each vector table next.';
