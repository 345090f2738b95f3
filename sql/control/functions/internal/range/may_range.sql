-- Return whether a backfill of a generation may lease key ranges. It may where the write and its acknowledgement are
-- one transaction (the vectors are co-located with the ledger), so that an attempt that lost its lease writes nothing,
-- and only while the ledger knows no row, so that there is nothing to compare.
create or replace function embedd_internal.may_range(p_generation_id bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (g ->> 'beside')::boolean and not (g ->> 'polled')::boolean
         and not exists (select from embedd.row_states where generation_id = p_generation_id)
    from embedd_internal.load_generation(p_generation_id) g
$$;
