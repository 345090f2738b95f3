-- Return the statement that removes rows from the words of a store: their numbers, and for each of their words a line
-- that takes them from its count. Their postings stay, without a row that has their number, until merge_words().
-- `{rows}` has the columns pk_value and embedded_text, as they were added; `{parsed}` is indexed_words().
create or replace function embedd_internal.remove_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with removed as (
      delete from {texts} t using {rows} r where t.pk_value = r.pk_value returning {parsed} as words
    ), sized as materialized (
      select r.words, l.length
        from removed r,
             lateral (select least(65535, pg_catalog.sum(least(255, pg_catalog.cardinality(u.positions)))) as length
                        from pg_catalog.unnest(r.words) u) l
    )
    insert into {words} (word, n)
    select u.lexeme, -pg_catalog.count(*) from sized s, pg_catalog.unnest(s.words) u group by u.lexeme
    union all
    select '', -pg_catalog.count(*) from sized having pg_catalog.count(*) > 0
    union all
    select ' ', -pg_catalog.sum(length) from sized having pg_catalog.count(*) > 0
  $text$
$$;
