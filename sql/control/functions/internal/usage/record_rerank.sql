-- Add the usage of an embedder that reranked for the vector table of a generation. Nothing is recorded if either no
-- longer exists.
create or replace function embedd_internal.record_rerank(
  p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.daily_usage as known (
    day, organization_id, vector_table_id, embedder_id, provider, model, kind, requests, tokens)
  select (clock_timestamp() at time zone 'utc')::date, v.organization_id, v.id, e.id, e.provider, p_model, 'rerank',
         p_requests, p_tokens
    from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.embedders e on e.id = p_embedder_id and e.organization_id = v.organization_id
   where g.id = p_generation_id
  on conflict (day, vector_table_id, embedder_id, provider, model, kind) do update
     set requests = known.requests + excluded.requests, tokens = known.tokens + excluded.tokens
$$;
