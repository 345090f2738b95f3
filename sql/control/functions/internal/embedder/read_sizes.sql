-- Parse vector sizes: numbers and spans with blanks or commas between them, as in '256 512 1024' or '128-3072'.
create or replace function embedd_internal.read_sizes(p_sizes text) returns int4multirange
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select range_agg(int4range(least(s.span[1]::int, coalesce(s.span[2], s.span[1])::int),
                             greatest(s.span[1]::int, coalesce(s.span[2], s.span[1])::int), '[]'))
    from (select string_to_array(one, '-') from regexp_split_to_table(btrim(p_sizes, ' ,'), '[ ,]+') one) s (span)
$$;
