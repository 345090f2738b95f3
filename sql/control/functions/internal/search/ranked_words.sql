-- Return the statement that ranks the rows of a store by the words of a query, with the lists that add_words() keeps.
-- The score is BM25 (Robertson and Zaragoza, 2009, section 3.3) with k1 = 1.2 and b = 0.75: the sum over the words of
--   ln(1 + (rows - n + 0.5) / (n + 0.5)) * times * 2.2 / (times + 0.3 + 0.9 * length / mean length)
-- where n of the rows have the word. `share` is the share of the query's words that a row has.
-- The rarest words are added up first. The best rows by these, with their other words looked up, set a bound. Words
-- that together cannot lift a row above it are only looked up for rows that can still pass it, so the result is exact.
-- (To add up a word that leaves more than 0.6 of the bound costs less than to look up that many rows.)
-- `{table}`, `{words}`, `{texts}`, `{language}` and `{condition}` are replaced. The parameters are the query and how
-- many rows to return. The service runs the same text on stores in other databases.
create or replace function embedd_internal.ranked_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with asked as materialized (
      select pg_catalog.unnest(pg_catalog.tsvector_to_array(
               pg_catalog.to_tsvector({language}, pg_catalog.left($1::text, 100000)))) collate "C" as word
    ), counted as materialized (
      select a.word, pg_catalog.sum(w.n)::float8 as n from asked a join {words} w using (word)
       group by a.word having pg_catalog.sum(w.n) > 0
    ), totals as materialized (
      select (select pg_catalog.sum(n) from {words} where word = '')::float8 as rows,
             (select pg_catalog.sum(n) from {words} where word = ' ')::float8 as length
    ), placed as materialized (
      select word, gain, per_word, pg_catalog.row_number() over rarest as place, pg_catalog.sum(n) over rarest as seen,
             pg_catalog.sum(gain) over () - pg_catalog.sum(gain) over rarest as rest
        from counted, totals,
             lateral (select 2.2 * pg_catalog.ln(1 + (rows - n + 0.5) / (n + 0.5)) as gain,
                             0.9 * rows / length as per_word) w
      window rarest as (order by gain desc, word rows unbounded preceding)
    ), lists as materialized (
      select p.place, p.gain, p.per_word, p.place = 1 or p.seen <= 3000 as rare,
             w.postings || '{}'::bigint[] as postings  -- read from TOAST once
        from placed p join {words} w using (word)
       where w.postings is not null
    ), rare as materialized (
      select p >> 24 as document, pg_catalog.count(*) as words,
             pg_catalog.sum(gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))) as score
        from (select gain, per_word, pg_catalog.unnest(postings) as p from lists where rare) l
       group by 1
    ), tried as materialized (
      select r.document, r.score
        from (select document, score from rare order by score desc) r,
             lateral (select from {texts} t join {table} using (pk_value)
                       where t.document = r.document and {condition} offset 0) t
       limit 20 + 2 * $2::int
    ), bound as materialized (
      select coalesce((
        select pg_catalog.sum(score) from (
          select document, score from tried
          union all
          select f.document, gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))
            from (select * from lists where not rare) l,
                 lateral (
                   select document, l.postings[pg_catalog.width_bucket(((document + 1) << 24) - 1, l.postings)] as p
                     from tried offset 0) f
           where p >> 24 = f.document) scores
         group by document order by 1 desc offset $2::int - 1 limit 1), 0) as least
    ), split as materialized (
      select greatest(
               (select pg_catalog.max(place) from lists where rare),
               coalesce((select pg_catalog.min(place) from placed, bound where rest < 0.6 * least),
                        (select pg_catalog.max(place) from placed))) as essential
    ), candidates as materialized (
      select document, words, score from (
        select document, pg_catalog.sum(words) as words, pg_catalog.sum(score) as score from (
          select document, words, score from rare
          union all
          select p >> 24, 1, gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))
            from (select gain, per_word, pg_catalog.unnest(postings) as p
                    from lists where not rare and place <= (select essential from split)) l) found
         group by document) summed
       where score + (select rest from placed where place = (select essential from split))
             >= (select least from bound) - 1e-9
    ), scored as (
      select document, pg_catalog.sum(words) as words, pg_catalog.sum(score) as score from (
        select document, words, score from candidates
        union all
        select f.document, 1, gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))
          from (select * from lists where place > (select essential from split)) l,
               lateral (
                 select document, l.postings[pg_catalog.width_bucket(((document + 1) << 24) - 1, l.postings)] as p
                   from candidates offset 0) f
         where p >> 24 = f.document) scores
       group by document
    )
    select pk_value, score, words::float8 / (select pg_catalog.count(*) from asked) as share
      from (select t.pk_value, s.score, s.words
              from (select * from scored order by score desc) s,
                   lateral (select pk_value from {texts} t join {table} using (pk_value)
                             where t.document = s.document and {condition} offset 0) t
             order by s.score desc fetch first ($2::int) rows with ties) best
     order by score desc, pk_value limit $2::int
  $text$
$$;
