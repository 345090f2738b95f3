-- Return vector sizes as a text for users: "256, 512, 1024" or "128 to 3072".
create or replace function embedd_internal.shown_sizes(p_sizes int4multirange) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select string_agg(case when upper(s.size) - lower(s.size) = 1 then lower(s.size)::text
                         else format('%s to %s', lower(s.size), upper(s.size) - 1) end, ', ' order by s.size)
    from unnest(p_sizes) s (size)
$$;
