-- Record that the source of a vector table had p_rows rows after p_began; null if it could not be counted. If rows were
-- added or removed meanwhile, the source is counted again, not before p_delay; while the table waits for its first
-- backfill, not before p_rest.
create or replace function embedd_internal.finish_count(
  p_generation_id bigint, p_rows bigint, p_began timestamptz, p_delay interval, p_rest interval) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v
     set source_rows = coalesce(p_rows, v.source_rows),
         next_count_at = clock_timestamp()
           + case when p_rows is not null and v.sync_status = 'pending' then greatest(p_delay, p_rest) else p_delay end,
         rows_beyond_tier = case when p_rows is not null and v.sync_status <> 'pending'
                                 then p_rows - embedd_internal.count_known(p_generation_id)
                                 else v.rows_beyond_tier end,
         uncounted_since = case when p_rows is null or v.sync_status = 'pending' or v.uncounted_since > p_began
                                then v.uncounted_since end
    from embedd.generations g where g.id = p_generation_id and v.id = g.vector_table_id
$$;
