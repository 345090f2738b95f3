-- Keys and scores of the rows with words of a query in a store beside us, the most and rarest words first: each word's rank
-- times what it weighs in BM25; and what share of the words each has. At most 5,000 rows are ranked; where more have a word, the most common ones only rank.
create or replace function embedd_internal.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit int)
returns table (pk_value text, score float8, share float8)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_candidates constant int := 5000;
  v_table regclass := format('%I.%I', p_generation -> 'store' ->> 'schema', p_generation -> 'store' ->> 'name')::regclass;
  v_total float8 := (select reltuples from pg_class where oid = v_table);
  v_language regconfig := format('pg_catalog.%I', p_generation -> 'store' ->> 'language')::regconfig;
  v_words text := format('to_tsvector(%L::regconfig, left(embedded_text, 100000))', 'pg_catalog.' || (p_generation -> 'store' ->> 'language'));
  v_terms text[];
  v_shares float8[];
  v_queries text[];
  v_matching text;
begin
  with known as (
    select unnest(s.most_common_elems::text::text[]) as word, unnest(s.most_common_elem_freqs) as share
      from pg_index x
      join pg_class i on i.oid = x.indexrelid
      join pg_am a on a.oid = i.relam and a.amname = 'gin'
      join pg_namespace n on n.oid = i.relnamespace
      join pg_stats s on s.schemaname = n.nspname and s.tablename = i.relname
     where x.indrelid = v_table and x.indexprs is not null
  )
  select array_agg(t.lexeme order by k.share nulls first, t.lexeme), array_agg(coalesce(k.share, 0) order by k.share nulls first, t.lexeme)
    into v_terms, v_shares
    from unnest(to_tsvector(v_language, left(p_query, 100000))) t left join known k on k.word = t.lexeme;
  if v_terms is null then
    return;
  end if;
  v_queries := array(select '''' || replace(replace(t, '\', '\\'), '''', '''''') || '''' from unnest(v_terms) t);
  if v_shares[1] * v_total > v_candidates and cardinality(v_terms) > 1 then
    v_matching := format('%s & (%s)', v_queries[1], array_to_string(v_queries[2:], ' | '));
  else
    v_matching := (select string_agg(q, ' | ') from (
      select q, place, sum(u.share * v_total) over (order by place) as rows from unnest(v_queries, v_shares) with ordinality as u(q, share, place)) ranked
       where place = 1 or rows <= v_candidates);
  end if;
  return query execute format($query$
    with matching as materialized (
      select s.pk_value, %1$s as words from %2$s s where not dead and %1$s @@ $1::tsquery and %3$s limit $2
    ), found as (
      select m.pk_value, t.term, t.share, ts_rank('{1,1,1,1}', m.words, t.query::tsquery, 1) as rank
        from matching m join unnest($3, $4, $5) t(term, query, share) on m.words @@ t.query::tsquery
    ), counted as (
      select term, greatest(count(*), $6 * share)::float8 as rows from found group by term, share
    ), weighed as (
      select term, ln(1 + (greatest($6, rows) - rows + 0.5) / (rows + 0.5)) as weight from counted
    )
    select f.pk_value, sum(rank * weight)::float8, count(*)::float8 / cardinality($3) from found f join weighed using (term)
     group by 1 order by 2 desc, 1 limit $7
    $query$, v_words, v_table, p_condition) using v_matching, v_candidates, v_terms, v_queries, v_shares, v_total, p_limit;
end
$$;
