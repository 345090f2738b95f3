-- Return the statement that adds rows to the lists of words of a store. Each row that has words gets a number in
-- `{texts}`. Each word of these rows gets one line in `{words}`: the number of rows that have it, and its postings, one
-- bigint for each of them, in ascending order: the number of the row << 24 | how often it has the word (at most 255)
-- << 16 | its length in words (at most 65,535). The lines of the words '' and ' ' count the rows and the words of all
-- rows. A line is never updated, so writers never wait for each other. `{rows}` has the columns pk_value and
-- embedded_text; `{parsed}` is indexed_words().
create or replace function embedd_internal.add_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with given as materialized (
      select pk_value, {parsed} as words from {rows} r
    ), added as (
      insert into {texts} (pk_value) select pk_value from given where words <> ''::pg_catalog.tsvector
      on conflict (pk_value) do nothing
      returning document, pk_value
    ), sized as materialized (
      select a.document, g.words, l.length
        from added a join given g using (pk_value),
             lateral (select least(65535, pg_catalog.sum(least(255, pg_catalog.cardinality(u.positions)))) as length
                        from pg_catalog.unnest(g.words) u) l
    ), listed as (
      select u.lexeme,
             (s.document << 24) | (least(255, pg_catalog.cardinality(u.positions)) << 16) | s.length::bigint as posting
        from sized s, pg_catalog.unnest(s.words) u
    )
    insert into {words} (word, n, postings)
    select lexeme, pg_catalog.count(*), pg_catalog.array_agg(posting order by posting) from listed group by lexeme
    union all
    select '', pg_catalog.count(*), null from sized having pg_catalog.count(*) > 0
    union all
    select ' ', pg_catalog.sum(length), null from sized having pg_catalog.count(*) > 0
  $text$
$$;
