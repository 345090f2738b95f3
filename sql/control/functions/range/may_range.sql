-- Whether a backfill of a generation may lease key ranges: only where the write and its acknowledgement are one
-- transaction (the vectors lie beside the ledger), so that an attempt that lost its lease writes nothing; and only while
-- nothing is known of the rows, so that there is nothing to compare.
create or replace function embedd.may_range(p_generation_id bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select g.store = 'pgvector' and c.host is null and v.capture_id is not null
         and not exists (select from embedd.row_states where generation_id = g.id)
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections c on c.id = v.connection_id
   where g.id = p_generation_id
$$;
