-- Return what a search in SQL needs of a worker or of the service, null if nothing: the `vector` of a text, if only
-- that is missing to search in this database, or the `answer` to a whole request, if the vectors are not in this
-- database or a reranker orders the rows. The caller may give a vector (`query_vector`), and the rows that `like` names
-- have theirs.
create or replace function embedd_internal.search_need(p_generation jsonb, p_request jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case
    when not (p_generation -> 'store' -> 'co_located')::boolean or p_request -> 'rerank' <> 'null'
      then jsonb_build_object('answer', p_request)
    when p_request ->> 'search_mode' <> 'lexical' and not p_request ?| '{query_vector,like}'
      then jsonb_build_object('vector', p_request -> 'query')
  end
$$;
