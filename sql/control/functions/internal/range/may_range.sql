-- Return whether a backfill of a generation may lease key ranges. It may where the write and its acknowledgement are
-- one transaction (the vectors are co-located with the ledger), so that an attempt that lost its lease writes nothing,
-- and only while the ledger knows no row, so that there is nothing to compare.
create or replace function embedd_internal.may_range(p_generation_id bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (g #>> '{store,co_located}')::boolean and g #>> '{source,capture,kind}' = 'trigger'
         and not exists (select from embedd.row_states where generation_id = p_generation_id)
    from embedd_internal.generation_facts(p_generation_id) g
$$;
