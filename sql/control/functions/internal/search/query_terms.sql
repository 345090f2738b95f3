-- Return the words of a query as the index on the words of a store has them, the rarest first: each as a tsquery, with
-- the share of the rows that have it (0 for a word that the statistics do not name); the number of rows; and
-- `matching`, a tsquery for the rows to rank. These are the rows with any of the words while they are few; beyond that
-- the most common words only affect the rank. At most `candidates` rows are ranked, at about 50 µs each: more match
-- only if a word is in a large part of all rows, and such a word says little. Return no row for a query without words.
create or replace function embedd_internal.query_terms(p_table text, p_language text, p_query text)
returns table (terms text[], queries text[], shares float8[], total float8, candidates int, matching text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with known as (
    select pg_catalog.unnest(s.most_common_elems::text::text[]) as word,
           pg_catalog.unnest(s.most_common_elem_freqs) as share
      from pg_catalog.pg_index x
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_am a on a.oid = i.relam and a.amname = 'gin'
      join pg_catalog.pg_namespace n on n.oid = i.relnamespace
      join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = i.relname
     where x.indrelid = $1::pg_catalog.regclass and x.indexprs is not null
  ), found as (
    select t.lexeme, coalesce(k.share, 0)::float8 as share, c.reltuples::float8 as total, 5000 as candidates,
           '''' || pg_catalog.replace(pg_catalog.replace(t.lexeme, '\', '\\'), '''', '''''') || '''' as query
      from pg_catalog.unnest(pg_catalog.to_tsvector($2::pg_catalog.regconfig, pg_catalog.left($3, 100000))) t
      left join known k on k.word = t.lexeme
      join pg_catalog.pg_class c on c.oid = $1::pg_catalog.regclass
  ), placed as (
    select *, pg_catalog.row_number() over rarest as place, pg_catalog.sum(share * total) over rarest as rows
      from found window rarest as (order by share, lexeme)
  )
  select pg_catalog.array_agg(lexeme order by place),
         pg_catalog.array_agg(query order by place),
         pg_catalog.array_agg(share order by place),
         pg_catalog.max(total),
         pg_catalog.max(candidates),
         case when pg_catalog.count(*) > 1
                   and pg_catalog.max(rows) filter (where place = 1) > pg_catalog.max(candidates)
           then pg_catalog.format('%s & (%s)', pg_catalog.max(query) filter (where place = 1),
                                  pg_catalog.string_agg(query, ' | ' order by place) filter (where place > 1))
           else pg_catalog.string_agg(query, ' | ' order by place) filter (where place = 1 or rows <= candidates)
         end
    from placed
  having pg_catalog.count(*) > 0
$$;
