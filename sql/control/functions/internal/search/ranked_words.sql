-- Return the statement that ranks the rows of a store by the words of a query, with the lists that add_words() keeps.
-- The score is BM25 (Robertson and Zaragoza, 2009, section 3.3) with k1 = 1.2 and b = 0.75: the sum over the words of
--   ln(1 + (rows - n + 0.5) / (n + 0.5)) * times * 2.2 / (times + 0.3 + 0.9 * length / mean length)
-- where n of the rows have the word. `share` is the share of the query's words that a row has.
-- The lists of the rarest words are added up first. The best rows by these, with their other words looked up, set a
-- bound: as many rows as requested reach it. More lists are added up until the rest of them together gives
-- less than the bound. Rows that were not found by then cannot be among the best. The rest of the lists is looked up
-- for the rows found, list by list, and rows that can no longer reach the bound are dropped, so the result is exact.
-- A list is read from TOAST each time, because a materialized copy of long lists costs more.
-- `{table}`, `{words}`, `{texts}`, `{language}` and `{condition}` are replaced. The parameters are the query and how
-- many rows to return. The service runs the same text on stores in other databases.
create or replace function embedd_internal.ranked_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with recursive asked as materialized (
      select pg_catalog.unnest(pg_catalog.tsvector_to_array(
               pg_catalog.to_tsvector({language}, pg_catalog.left($1::text, 100000)))) collate "C" as word
    ), lines as materialized (
      select word, w.n, w.ctid as line, w.postings is not null as listed from asked join {words} w using (word)
    ), totals as materialized (
      select (select pg_catalog.sum(n) from {words} where word = '')::float8 as rows,
             (select pg_catalog.sum(n) from {words} where word = ' ')::float8 as length
    ), weighed as materialized (
      select word, gain, per_word,
             pg_catalog.sum(n) over rarest <= 3000 or pg_catalog.row_number() over rarest = 1 as rare,
             coalesce(pg_catalog.sum(gain) over (
               order by gain, word desc rows between unbounded preceding and 1 preceding), 0) as rest
        from (select word, pg_catalog.sum(n)::float8 as n from lines group by word having pg_catalog.sum(n) > 0) c,
             totals,
             lateral (select 2.2 * pg_catalog.ln(1 + (rows - n + 0.5) / (n + 0.5)) as gain,
                             0.9 * rows / length as per_word) g
      window rarest as (order by gain desc, word rows unbounded preceding)
    ), lists as materialized (
      select line, gain, per_word, rare, pg_catalog.row_number() over rarest as place,
             rest + case when pg_catalog.lead(word) over rarest = word then gain else 0 end as rest
        from weighed join lines using (word)
       where listed
      window rarest as (order by gain desc, word, line)
    ), rare as materialized (
      select p >> 24 as document,
             pg_catalog.sum(gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))) as score
        from (select gain, per_word, pg_catalog.unnest(postings) as p
                from lists join {words} w on w.ctid = line where rare) l
       group by 1
    ), tried as materialized (
      select r.document, r.score
        from (select document, score from rare order by score desc) r,
             lateral (select from {texts} t join {table} using (pk_value)
                       where t.document = r.document and {condition} offset 0) t
       limit 20 + 2 * $2::int
    ), bound as materialized (
      select greatest(0, (
        select pg_catalog.sum(score) - 1e-9 from (
          select document, score from tried
          union all
          select document, gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))
            from (select gain, per_word, postings || '{}'::bigint[] as postings
                    from lists join {words} w on w.ctid = line where not rare offset 0) l,
                 lateral (
                   select document, l.postings[pg_catalog.width_bucket(((document + 1) << 24) - 1, l.postings)] as p
                     from tried offset 0) f
           where p >> 24 = document) scores
         group by document order by 1 desc offset $2::int - 1 limit 1)) as least
       where exists (select from lists where not rare)
    ), split as materialized (
      select least, place, rest from bound, lists
       where rest <= least and place >= (select pg_catalog.max(place) from lists where rare)
       order by place limit 1
    ), walk as (
      select place, documents, scores
        from split,
             lateral (
               select pg_catalog.array_agg(document) as documents, pg_catalog.array_agg(score) as scores from (
                 select document, pg_catalog.sum(score) as score from (
                   select document, score from rare
                   union all
                   select p >> 24, gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255))
                     from (select gain, per_word, pg_catalog.unnest(postings) as p
                             from lists join {words} w on w.ctid = line
                            where not rare and place <= (select place from split)) l) scores
                  group by document) found
                where score >= least - rest) f
      union all
      select l.place, f.documents, f.scores
        from walk join lists l on l.place = walk.place + 1,
             lateral (
               select pg_catalog.array_agg(document) as documents, pg_catalog.array_agg(score) as scores from (
                 select document, score + case when p >> 24 = document then
                          gain / (1 + (0.3::float8 + (p & 65535) * per_word) / ((p >> 16) & 255)) else 0 end as score
                   from (select document, score,
                                postings[pg_catalog.width_bucket(((document + 1) << 24) - 1, postings)] as p
                           from (select postings || '{}'::bigint[] as postings
                                   from {words} w where w.ctid = l.line offset 0) w,
                                rows from (pg_catalog.unnest(documents), pg_catalog.unnest(scores))
                                  u (document, score) offset 0) u offset 0) scores
                where score >= (select least from bound) - rest) f
    ), best as materialized (
      select pk_value, document, score
        from (select t.pk_value, s.document, s.score
                from (select document, score from rare where not exists (select from bound)
                      union all
                      select u.document, u.score
                        from (select documents, scores from walk order by place desc limit 1) w,
                             rows from (pg_catalog.unnest(documents), pg_catalog.unnest(scores)) u (document, score)
                      order by score desc) s,
                     lateral (select pk_value from {texts} t join {table} using (pk_value)
                               where t.document = s.document and {condition} offset 0) t
               order by s.score desc fetch first ($2::int) rows with ties) ties
       order by score desc, pk_value limit $2::int
    )
    select pk_value, score, pg_catalog.count(*)::float8 / (select pg_catalog.count(*) from asked) as share
      from (select postings || '{}'::bigint[] as postings from lists join {words} w on w.ctid = line offset 0) l,
           lateral (
             select *, l.postings[pg_catalog.width_bucket(((document + 1) << 24) - 1, l.postings)] as p
               from best offset 0) f
     where p >> 24 = document
     group by pk_value, score order by score desc, pk_value
  $text$
$$;
