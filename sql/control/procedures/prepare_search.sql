-- Ask a worker for what embedd.search() with these arguments needs, and wait for it, at most `timeout`. The next
-- search() finds it, in any session of the same role. It does nothing for a search that the database can do alone.
-- Only a committed request reaches a worker, so this is a procedure that commits: it has its caller's rights and, as
-- PostgreSQL demands of such a procedure, no settings of its own. It waits in transactions of at most 50 ms.
create or replace procedure embedd.prepare_search(
  vector_table text,
  query text default null,
  "limit" int default 10,
  filters jsonb default null,
  search_mode text default 'vector',
  min_similarity_score float8 default null,
  rerank jsonb default null,
  timeout interval default '10 seconds',
  "like" jsonb default null,
  score_threshold float8 default null,
  without text[] default null,
  query_vector real[] default null
)
language plpgsql
as $$
declare
  v_asked jsonb;
begin
  begin
    commit;  -- Never succeeds inside an exception block; the error tells whether it could outside.
  exception when invalid_transaction_termination then
    perform embedd_internal.refuse_transaction_block(sqlerrm);
  end;

  v_asked := embedd_internal.request_search(
    vector_table,
    pg_catalog.jsonb_build_object(
      'query', query,
      'limit', "limit",
      'filters', filters,
      'search_mode', search_mode,
      'min_similarity_score', min_similarity_score,
      'rerank', rerank)
      operator(pg_catalog.||) pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'like', "like",
        'score_threshold', score_threshold,
        'without', without,
        'query_vector', query_vector)),
    timeout);
  perform pg_catalog.set_config('synchronous_commit', 'off', true);
  while v_asked is not null loop
    commit;
    exit when embedd_internal.await_search(v_asked);
  end loop;
end
$$;
comment on procedure embedd.prepare_search(text, text, int, jsonb, text, float8, jsonb, interval, jsonb,
  float8, text[], real[]) is
  'Ask a worker for what embedd.search() with the same arguments needs, and wait for it.';
