-- Check the request of a search, and return how to carry it out: the `filter` in its normal form, for a store in
-- pgvector also as an SQL `condition`, and how many rows to find (`candidates`), of which a reranker keeps `limit`. For
-- a hybrid search also return how many rows each ranking brings (`depth`), because a row good in both is often the
-- first in neither, and the share of the score that `meaning` decides. Equal halves found less than meaning alone among
-- long descriptions, many of which have a word of any query (benchmarks/relevance.py). The request has the fields of
-- the REST body; `query_vector` says whether SQL gave one. A plan is `reusable` for the same request later, unless its
-- filter may name a time relative to now.
create or replace function embedd_internal.plan_search(p_generation jsonb, p_request jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  c_limit constant int := 100;
  c_candidates constant int := 1000;
  c_query constant int := 100000;
  c_depth constant int := 50;
  v_mode text := coalesce(p_request ->> 'search_mode', '');
  v_query text := coalesce(p_request ->> 'query', '');
  v_score jsonb := nullif(p_request -> 'min_similarity_score', 'null');
  v_rerank jsonb := nullif(p_request -> 'rerank', 'null');
  v_has_vector boolean := coalesce((p_request -> 'query_vector')::boolean, false);
  v_limit int := substring(p_request ->> 'limit' from '^[0-9]{1,9}$')::int;
  v_candidates int;
  v_store text := p_generation -> 'store' ->> 'kind';
  v_filter jsonb;
begin
  if v_mode not in ('vector', 'lexical', 'hybrid') then
    raise exception using errcode = 'EBV01', message = 'search_mode must be one of vector, lexical, hybrid.',
      hint = 'Leave it out for vector.';
  elsif v_limit is null or v_limit not between 1 and c_limit then
    raise exception using errcode = 'EBV01', message = format('limit must be between 1 and %s.', c_limit),
      hint = 'Leave it out for 10.';
  elsif v_has_vector and v_rerank is not null then
    raise exception using errcode = 'EBV01', message = 'rerank needs no query_vector.',
      hint = 'Give a query in words instead.';
  elsif v_has_vector and not (p_generation -> 'store' -> 'co_located')::boolean then
    raise exception using errcode = 'EBV01',
      message = format('The vectors of %s are not in this database, so a query_vector is of no use.',
                       p_generation -> 'vector_table' ->> 'name'),
      hint = 'Give a query in words instead.';
  elsif v_query !~ '\S' and not (v_has_vector and v_mode = 'vector') then
    raise exception using errcode = 'EBV01',
      message = format('search_mode %s needs a query%s.', v_mode,
        case when p_request ? 'query_vector' and v_mode = 'vector' and v_rerank is null
                  and (p_generation -> 'store' -> 'co_located')::boolean then ' or a query_vector' else '' end),
      hint = 'Say in words what to look for.';
  elsif length(v_query) > c_query then
    raise exception using errcode = 'EBV01', message = format('query must have at most %s characters.', c_query),
      hint = 'Search for a part of it.';
  elsif v_score is not null and v_mode <> 'vector' then
    raise exception using errcode = 'EBV01',
      message = format('min_similarity_score is for search_mode vector; rows found by words have no similarity (%s).',
                       v_mode),
      hint = 'Leave min_similarity_score out, or search with search_mode vector.';
  elsif v_score is not null and (jsonb_typeof(v_score) <> 'number' or not v_score between '0' and '1') then
    raise exception using errcode = 'EBV01', message = 'min_similarity_score must be between 0 and 1.',
      hint = 'It is a cosine similarity; leave it out for all rows.';
  end if;

  if v_rerank is not null then
    v_candidates := case when v_rerank -> 'candidates' <> 'null'
      then coalesce(substring(v_rerank ->> 'candidates' from '^[0-9]{1,9}$')::int, 0)
      else greatest(v_limit, c_depth) end;
    if v_candidates not between v_limit and c_candidates then
      raise exception using errcode = 'EBV01',
        message = format('rerank.candidates must be between limit (%s) and %s.', v_limit, c_candidates),
        hint = 'Leave it out, or let the reranker read at least as many rows as are to be returned.';
    elsif v_rerank -> 'model' <> 'null' and (v_rerank ->> 'model' !~ '\S' or length(v_rerank ->> 'model') > 200) then
      raise exception using errcode = 'EBV01', message = 'rerank.model must have 1 to 200 characters.',
        hint = 'Leave it out for the provider''s current model.';
    elsif jsonb_typeof(v_rerank) <> 'object' or coalesce(jsonb_typeof(v_rerank -> 'embedder'), '') <> 'string'
          or (case jsonb_typeof(v_rerank) when 'object'
                then v_rerank - '{embedder,model,candidates}'::text[] else '{}' end) <> '{}' then
      raise exception using errcode = 'EBV01', message = 'rerank needs an embedder, and may have model and candidates.',
        hint = 'Write it as in {"embedder": "cohere-prod"}.';
    end if;
  end if;

  v_filter := embedd_internal.check_filter(p_request -> 'filters', (
    select coalesce(jsonb_object_agg(c ->> 'name', c ->> 'filter_type'), '{}')
      from jsonb_array_elements(p_generation -> 'source' -> 'columns') c
     where c ->> 'role' = 'metadata'), v_store);
  return jsonb_build_object(
    'limit', v_limit,
    'candidates', coalesce(v_candidates, v_limit),
    'depth', greatest(c_depth, v_limit, v_candidates),
    'meaning', 0.65,
    'min_score', v_score,
    'select', embedd_internal.check_select(p_generation, p_request -> 'select'),
    'filter', v_filter,
    'reusable', not coalesce(jsonb_path_exists(p_request -> 'filters', '$.** ? (@ starts with "now")'), false),
    'condition', case when v_store = 'pgvector' and v_filter is not null
                      then embedd_internal.compile_filter(v_filter) end);
end
$$;
