-- Whether a table of ours holds so many rows now that a look at each takes too long for somebody who only wants to know how
-- things are: then they are sampled. By the statistics that come with each commit; where these were lost, all are counted.
create or replace function embedd_internal.is_large(p_table regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select pg_stat_get_live_tuples(p_table) > 100000
$$;
