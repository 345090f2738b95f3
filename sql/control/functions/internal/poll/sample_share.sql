-- Return the percentage of a table's pages to read for a sample: a thousand pages, or all if there are fewer.
create or replace function embedd_internal.sample_share(p_table regclass) returns real
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select least(100, 100.0 * 1000 / greatest(1, pg_relation_size(p_table) / current_setting('block_size')::int))::real
$$;
