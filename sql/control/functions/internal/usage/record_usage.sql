-- Add the usage of a generation's embedder. Nothing is recorded if either no longer exists.
create or replace function embedd_internal.record_usage(
  p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.daily_usage as known (
    day, organization_id, vector_table_id, embedder_id, provider, model, kind, requests, tokens)
  select (clock_timestamp() at time zone 'utc')::date, v.organization_id, v.id, g.embedder_id, g.provider,
         g.embedding_model, p_kind, p_requests, p_tokens
    from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
   where g.id = p_generation_id and g.embedder_id is not null
  on conflict (day, vector_table_id, embedder_id, provider, model, kind) do update
     set requests = known.requests + excluded.requests, tokens = known.tokens + excluded.tokens
$$;
