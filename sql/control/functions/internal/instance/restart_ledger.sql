-- Prepare the ledger for stores that may hold more than it knows, or something else. Tokens continue far above every
-- known token, out of reach of attempts that other workers began earlier. Each store is read before jobs are claimed
-- for it, the recorded state of a row is verified against the store, and all rows are compared.
create or replace function embedd_internal.restart_ledger(p_message text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_high bigint;
begin
  select greatest(
      (select last_value from embedd.fence),
      (select fence_high from embedd.instance),
      (select max(fence) from embedd.fence_marks),
      embedd_internal.highest_token(), (select max(start_token) from embedd.tasks))
    into v_high;
  v_high := embedd_internal.raise_fence(v_high);
  insert into embedd.unread_stores (generation_id) select id from embedd.generations where state <> 'dropped'
  on conflict do nothing;
  update embedd.unread_stores set token = 0, leased_until = null;
  update embedd.generations set suspect_before = v_high where state <> 'dropped';
  update embedd.vector_tables set changed_at = clock_timestamp() where dropped_at is null;
  perform embedd_internal.request_reconcile(id) from embedd.vector_tables where dropped_at is null order by id;
  perform embedd_internal.add_notice(null, p_message || ' All rows are compared.');
end
$$;
