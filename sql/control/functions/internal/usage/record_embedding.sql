-- Add the usage of an embedder without a vector table. Nothing is recorded if the embedder no longer exists.
create or replace function embedd_internal.record_embedding(
  p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.daily_usage as known (
    day, organization_id, vector_table_id, embedder_id, provider, model, kind, requests, tokens)
  select (clock_timestamp() at time zone 'utc')::date, e.organization_id, '', e.id, e.provider, p_model, 'query',
         p_requests, p_tokens
    from embedd.embedders e where e.id = p_embedder_id
  on conflict (day, vector_table_id, embedder_id, provider, model, kind) do update
     set requests = known.requests + excluded.requests, tokens = known.tokens + excluded.tokens
$$;
