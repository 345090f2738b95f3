-- Return the statement that ranks the rows of a store by the words of a query. A score is the sum over the words of
-- their rank, where repetition saturates and long texts count less, times their weight in BM25 (Robertson and Zaragoza,
-- 2009, section 3.3); share is the share of the words that the row has. `{table}`, `{words}` (indexed_words()) and
-- `{condition}` are replaced. The parameters are the columns matching, candidates, terms, queries, shares and total of
-- query_terms(), and how many rows to return. The service runs the same text on stores in other databases.
create or replace function embedd_internal.ranked_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with matching as materialized (
      select pk_value, {words} as words from {table}
       where not dead and {words} @@ $1::pg_catalog.tsquery and {condition} limit $2::int
    ), found as (
      select m.pk_value, t.term, t.share, pg_catalog.ts_rank('{1,1,1,1}', m.words, t.query, 1) as rank
        from matching m
        join unnest($3::text[], $4::pg_catalog.tsquery[], $5::float8[]) as t(term, query, share) on m.words @@ t.query
    ), counted as (
      select term, greatest(pg_catalog.count(*), $6::float8 * share)::float8 as rows from found group by term, share
    ), weighed as (
      select term, pg_catalog.ln(1 + (greatest($6::float8, rows) - rows + 0.5) / (rows + 0.5)) as weight from counted
    )
    select pk_value, pg_catalog.sum(rank * weight)::float8 as score,
           pg_catalog.count(*)::float8 / pg_catalog.cardinality($3::text[]) as share
      from found join weighed using (term)
     group by pk_value order by score desc, pk_value limit $7::int
  $text$
$$;
