-- Return the statement that ranks the rows of a store as ranked_words() does, from the texts that the session sees:
-- while there are no lists of words yet, and under row security, where ranks must not tell of hidden rows. It parses
-- every text. Names and parameters are those of ranked_words(), and `{parsed}` is indexed_words().
create or replace function embedd_internal.ranked_texts() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with asked as materialized (
      select pg_catalog.tsvector_to_array(
               pg_catalog.to_tsvector({language}, pg_catalog.left($1::text, 100000))) as words
    ), parsed as materialized (
      select pk_value, {condition} as passes, {parsed} as words from {table} where not dead
    ), found as materialized (
      select p.pk_value, p.passes, u.length, u.asked, u.times
        from parsed p,
             lateral (
               select least(65535, pg_catalog.sum(times)) as length,
                      pg_catalog.array_agg(lexeme) filter (where wanted) as asked,
                      pg_catalog.array_agg(times) filter (where wanted) as times
                 from (select t.lexeme, least(255, pg_catalog.cardinality(t.positions))::float8 as times,
                              t.lexeme = any ((select words from asked)::text[]) as wanted
                         from pg_catalog.unnest(p.words) t) t) u
       where p.words <> ''::pg_catalog.tsvector
    ), totals as materialized (
      select pg_catalog.count(*)::float8 as rows, pg_catalog.sum(length)::float8 as length from found
    ), counted as materialized (
      select word, pg_catalog.count(*)::float8 as n from found, pg_catalog.unnest(asked) word group by word
    )
    select f.pk_value,
           pg_catalog.sum(
             2.2 * pg_catalog.ln(1 + (t.rows - c.n + 0.5) / (c.n + 0.5))
             / (1 + (0.3 + 0.9 * f.length / (t.length / t.rows)) / w.times) order by c.n, c.word) as score,
           pg_catalog.count(*)::float8 / (select pg_catalog.cardinality(words) from asked) as share
      from found f, totals t, rows from (pg_catalog.unnest(f.asked), pg_catalog.unnest(f.times)) w (word, times)
      join counted c using (word)
     where f.passes
     group by f.pk_value order by score desc, f.pk_value limit $2::int
  $text$
$$;
