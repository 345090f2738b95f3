-- Take over the vector stores of the database that this one was copied from. The original must no longer write to them.
-- Tokens continue above every known token, and all rows are compared with the stores.
create or replace function embedd.adopt() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now record;
begin
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if embedd_internal.instance_state() <> 'foreign' then
    return 'This database owns its stores already; nothing was changed.';
  end if;
  v_now := embedd_internal.read_identity();
  update embedd.instance
     set system_identifier = v_now.system_identifier, timeline = v_now.timeline, database_oid = v_now.database_oid,
         table_oid = v_now.table_oid, rivalled = false, rival = null;
  perform embedd_internal.restart_ledger('This database took over the stores of the one it was copied from.');
  update embedd.instance set fence_high = (select last_value from embedd.fence), checked_at = clock_timestamp();
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('adopt', null);
  return 'This database owns the stores now. Workers compare all rows.';
end
$$;
comment on function embedd.adopt() is
  'Give a copied or restored database the vector stores of the original, which must be stopped.';
