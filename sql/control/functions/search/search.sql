-- The rows of a vector table that answer best, out of vectors in this database: by a vector that is given (`vector`, the score
-- is the cosine similarity), by words (`lexical`), or by both (`hybrid`). Filters as over REST. `passage` is the part of the text
-- that answers best, where texts are cut into passages: by the vector, or else the one with most words of the query.
create or replace function embedd.search(
  vector_table text,
  query_vector real[] default null,
  query text default null,
  "limit" int default 10,
  filters jsonb default null,
  search_mode text default 'vector'
) returns table (pk_value text, score float8, metadata jsonb, embedded_text text, passage text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_generation jsonb := embedd.describe_generation(embedd.check_searchable(vector_table));
  v_rows int := "limit";
  v_fields jsonb := (select coalesce(jsonb_object_agg(c ->> 'name', c ->> 'filter_type'), '{}')
                       from jsonb_array_elements(v_generation -> 'columns') c where c ->> 'role' = 'metadata');
  v_condition text := case when filters is null then 'true' else embedd.filter_condition(filters, v_fields, 'filters') end;
  v_keys text[];
  v_scores float8[];
  v_passage text := 'null';
begin
  if not (v_generation ->> 'beside')::boolean then
    raise exception using errcode = 'EBV01', message = format('The vectors of %s are not in this database.', v_generation ->> 'name'),
      hint = format('Ask over REST: POST /v1/vector-tables/%s/query.', v_generation ->> 'vector_table_id');
  elsif coalesce(search_mode, '') not in ('vector', 'lexical', 'hybrid') then
    raise exception using errcode = 'EBV01', message = 'search_mode must be vector, lexical or hybrid.', hint = 'Leave it out for vector.';
  elsif v_rows is null or v_rows not between 1 and 1000 then
    raise exception using errcode = 'EBV01', message = 'limit must be between 1 and 1000.', hint = 'Leave it out for 10.';
  elsif search_mode <> 'lexical' and query_vector is null then
    raise exception using errcode = 'EBV01', message = format('search_mode %s needs a query_vector.', search_mode),
      hint = format('Embed the query with the model %s, or search with search_mode lexical.', v_generation ->> 'model');
  elsif search_mode <> 'vector' and coalesce(btrim(query), '') = '' then
    raise exception using errcode = 'EBV01', message = format('search_mode %s needs a query.', search_mode), hint = 'Say in words what to look for.';
  end if;
  case search_mode
    when 'vector' then
      select array_agg(n.pk_value), array_agg(n.score) into v_keys, v_scores
        from embedd.nearest_rows(v_generation, query_vector, v_condition, v_rows) n;
    when 'lexical' then
      select array_agg(l.pk_value), array_agg(l.score) into v_keys, v_scores
        from embedd.lexical_rows(v_generation, query, v_condition, v_rows) l;
    else
      -- A mean of both scores, 0.65 to 0.35, each brought to 0 to 1: by meaning from the least to the most similar, by words as a share of
      -- the best one, times the square of the share of the query's words that the row has.
      with by_vector as (
        select n.pk_value, n.score, min(n.score) over () as lowest, max(n.score) over () as highest
          from embedd.nearest_rows(v_generation, query_vector, v_condition, greatest(50, v_rows)) n
      ), by_words as (
        select l.pk_value, l.score / max(l.score) over () * l.share ^ 2 as score
          from embedd.lexical_rows(v_generation, query, v_condition, greatest(50, v_rows)) l
      ), fused as (
        select key as pk_value,
               0.65 * case when v.score is null then 0 when v.highest > v.lowest then (v.score - v.lowest) / (v.highest - v.lowest) else 1 end
               + 0.35 * coalesce(w.score, 0) as score
          from by_vector v(key) full join by_words w(key) using (key) order by 2 desc, 1 limit v_rows
      )
      select array_agg(f.pk_value), array_agg(f.score) into v_keys, v_scores from fused f;
  end case;
  if v_generation -> 'chunking' ->> 'strategy' <> 'none' then
    v_passage := format(
      'select substr(s.embedded_text, p.first_character, p.characters) from %I.%I p where p.pk_value = s.pk_value order by %s, p.passage limit 1',
      v_generation ->> 'store_schema', (v_generation ->> 'store_table') || '_passages',
      case when search_mode = 'lexical' then format(
        '(select count(*) from unnest(to_tsvector(%1$L::regconfig, substr(s.embedded_text, p.first_character, p.characters))) t
           where t.lexeme = any(tsvector_to_array(to_tsvector(%1$L::regconfig, left($3, 100000))))) desc',
        'pg_catalog.' || (v_generation ->> 'language'))
      else (select format('p.embedding operator(%1$I.<=>) $4::%1$I.vector', n.nspname)
              from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector') end);
  end if;
  return query execute format(
    'select s.pk_value, b.score, s.metadata, s.embedded_text, (%s) from unnest($1, $2) b(key, score)
       join %I.%I s on s.pk_value = b.key order by b.score desc, s.pk_value',
    v_passage, v_generation ->> 'store_schema', v_generation ->> 'store_table') using v_keys, v_scores, query, query_vector;
end
$$;
comment on function embedd.search(text, real[], text, int, jsonb, text) is
  'The rows that answer best, out of vectors in this database: by a vector, by words, or both.';
