-- Return the rows of a vector table that match a query best: by meaning (`vector`; the score is the cosine
-- similarity), by words (`lexical`) or by both (`hybrid`). Filters and rerank are those of REST. Vectors in this
-- database are searched here, by a vector or by words. Whatever else a search needs (search_need) was made by a worker
-- for embedd.prepare_search(), or the service is asked (call_service). Rows that they find among vectors in this
-- database are read here, with the caller's rights. If texts are cut into passages, `passage` is the passage closest to
-- the vector, or for lexical the one with most words of the query. Scores are rounded to six digits, the order is that
-- of the whole ones. `select` leaves out columns of metadata, and the texts it does not name; nothing else depends on
-- it, so searches that differ in it share what was prepared. A notice says so while the answer is partial.
create or replace function embedd.search(
  vector_table text,
  query text default null,
  "limit" int default 10,
  filters jsonb default null,
  search_mode text default 'vector',
  query_vector real[] default null,
  min_similarity_score float8 default null,
  rerank jsonb default null,
  "select" text[] default null
) returns table (pk_value text, score float8, metadata jsonb, embedded_text text, passage text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint := embedd_internal.check_searchable(vector_table);
  v_generation jsonb := embedd_internal.generation_facts(v_id);
  v_co_located boolean := v_generation -> 'store' ->> 'co_located';
  v_request jsonb := jsonb_build_object(
    'query', query,
    'limit', "limit",
    'filters', filters,
    'search_mode', search_mode,
    'min_similarity_score', min_similarity_score,
    'rerank', rerank);
  v_has_vector jsonb := jsonb_build_object('query_vector', query_vector is not null);
  v_plan jsonb := embedd_internal.plan_search(
    v_generation, v_request || v_has_vector || jsonb_build_object('select', "select"));
  v_need jsonb := embedd_internal.search_need(v_generation, v_request || v_has_vector);
  v_prepared record;
  v_partial jsonb := embedd_internal.partial_answer(v_id);
  v_rows int := v_plan -> 'limit';
  v_depth int := v_plan -> 'depth';
  v_meaning float8 := v_plan -> 'meaning';
  v_condition text := coalesce(v_plan ->> 'condition', 'true');
  v_keys text[];
  v_scores float8[];
  v_passages text[];
  v_passage text := 'null';
  v_results jsonb;
  -- Rows come from the store's table in this database, otherwise from the answer of the service.
  v_stored text := case
    when v_co_located
      then format('%I.%I', v_generation -> 'store' ->> 'schema', v_generation -> 'store' ->> 'name')
    else '(select r.id as pk_value, r.*
             from jsonb_to_recordset($6) r(id text, metadata jsonb, embedded_text text))'
    end;
begin
  if v_partial is not null then
    raise notice using
      message = format('This answer is partial: the backfill of %s has processed %s%s rows.',
                       v_generation -> 'vector_table' ->> 'name', v_partial ->> 'rows_processed',
                       ' of ' || (v_partial ->> 'rows_total')),
      hint = 'Search again when sync_status() shows synced.';
  end if;

  if v_need is not null then
    select p.* into v_prepared from embedd_internal.prepared_search(v_id, v_need) p;
    if found then
      query_vector := v_prepared.vector;
      v_results := v_prepared.answer -> 'results';
    else
      v_results := embedd_internal.call_service(
        'search', v_generation -> 'vector_table' ->> 'id', v_request) -> 'results';
    end if;
  end if;

  if v_results is not null then
    select array_agg(r.id), array_agg(r.score), coalesce(array_agg(r.passage), '{}')
      into v_keys, v_scores, v_passages
      from jsonb_to_recordset(v_results) r(id text, score float8, passage text);
    if v_co_located and v_prepared.answer is not null then
      v_passages := null;  -- Prepared answers have only keys and scores of rows that are in this database.
    end if;
  elsif search_mode = 'vector' then
    select array_agg(n.pk_value), array_agg(n.score) into v_keys, v_scores
      from embedd_internal.nearest_rows(v_generation, query_vector, v_condition, v_rows) n
     where n.score >= coalesce(min_similarity_score, -1);
  elsif search_mode = 'lexical' then
    select array_agg(l.pk_value), array_agg(l.score) into v_keys, v_scores
      from embedd_internal.lexical_rows(v_generation, query, v_condition, v_rows) l;
  else
    -- A weighted mean of both scores, each scaled to 0 to 1. By meaning, 0 is the least and 1 the most similar row. By
    -- words, 1 is the best row, and each score is multiplied by the square of the share of the query's words that the
    -- row has.
    with by_vector as (
      select n.pk_value, n.score, min(n.score) over () as lowest, max(n.score) over () as highest
        from embedd_internal.nearest_rows(v_generation, query_vector, v_condition, v_depth) n
    ), by_words as (
      select l.pk_value, l.score / max(l.score) over () * l.share ^ 2 as score
        from embedd_internal.lexical_rows(v_generation, query, v_condition, v_depth) l
    ), fused as (
      select key as pk_value,
             v_meaning * case when v.score is null then 0
                              when v.highest > v.lowest then (v.score - v.lowest) / (v.highest - v.lowest)
                              else 1 end
             + (1 - v_meaning) * coalesce(w.score, 0) as score
        from by_vector v(key)
        full join by_words w(key) using (key)
       order by 2 desc, 1 limit v_rows
    )
    select array_agg(f.pk_value order by f.score desc, f.pk_value),
           array_agg(f.score order by f.score desc, f.pk_value)
      into v_keys, v_scores
      from fused f;
  end if;

  if not coalesce('passage' = any ("select"), true) then
    v_passage := 'null';
  elsif v_passages is not null then
    v_passage := 'b.passage';
  elsif v_generation -> 'embedding' -> 'chunking' ->> 'strategy' <> 'none' then
    v_passage := format(
      'select substr(s.embedded_text, p.first_character, p.characters)
         from %I.%I p
        where p.pk_value = s.pk_value
        order by %s, p.passage limit 1',
      v_generation -> 'store' ->> 'schema', (v_generation -> 'store' ->> 'name') || '_passages',
      case when search_mode = 'lexical' then format(
        '(select count(*)
            from unnest(to_tsvector(%1$L::regconfig, substr(s.embedded_text, p.first_character, p.characters))) t
           where t.lexeme = any(tsvector_to_array(to_tsvector(%1$L::regconfig, left($3, 100000))))) desc',
        'pg_catalog.' || (v_generation -> 'store' ->> 'language'))
      else (select format('p.embedding operator(%1$I.<=>) $4::%1$I.vector', n.nspname)
              from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector') end);
  end if;

  return query execute format(
    'select s.pk_value, round(b.score::numeric, 6)::float8, %s, (%s)
       from unnest($1, $2, $5) with ordinality b(key, score, passage, place)
       join %s s on s.pk_value = b.key
      order by b.place',
    case when "select" is null then 's.metadata, s.embedded_text'
         else '(select coalesce(jsonb_object_agg(m.key, m.value), ''{}'')
                  from jsonb_each(s.metadata) m where m.key = any ($7)),
               case when ''embedded_text'' = any ($7) then s.embedded_text end' end,
    v_passage, v_stored)
    using v_keys, v_scores, query, query_vector, v_passages, v_results, "select";
end
$$;
comment on function embedd.search(text, text, int, jsonb, text, real[], float8, jsonb, text[]) is
  'Return the rows of a vector table that match best, by meaning, by words, or both, with key, score and metadata.';
