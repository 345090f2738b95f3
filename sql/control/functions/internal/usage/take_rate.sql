-- Take one request of p_tokens tokens out of the embedder's buckets. If they hold too little, take nothing and return
-- the seconds to wait; otherwise return 0. A bucket holds the allowance of ten seconds and is filled steadily. A tenth
-- of it is reserved for queries, which never wait: they may take a bucket below zero, and documents wait until it is
-- refilled. A request larger than a bucket proceeds when the bucket is full.
create or replace function embedd_internal.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint)
returns float8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder uuid;
  v_requests float8;
  v_tokens float8;
  v_has embedd.rate_buckets;
  v_short float8;
begin
  select e.id, e.requests_per_minute / 60.0, e.tokens_per_minute / 60.0 into v_embedder, v_requests, v_tokens
    from embedd.generations g join embedd.embedders e on e.id = g.embedder_id where g.id = p_generation_id;
  if v_requests is null and v_tokens is null then
    return 0;
  end if;

  insert into embedd.rate_buckets as b (embedder_id, requests, tokens)
  values (v_embedder, coalesce(10 * v_requests, 0), coalesce(10 * v_tokens, 0))
  on conflict (embedder_id) do update
     set requests = least(
           coalesce(10 * v_requests, 0),
           b.requests + coalesce(v_requests, 0) * extract(epoch from greatest(clock_timestamp() - b.filled_at, '0'))),
         tokens = least(
           coalesce(10 * v_tokens, 0),
           b.tokens + coalesce(v_tokens, 0) * extract(epoch from greatest(clock_timestamp() - b.filled_at, '0'))),
         filled_at = clock_timestamp()
  returning b.* into v_has;
  if p_kind = 'document' then
    -- Compute what the bucket lacks for the request and the queries' share, in seconds of filling. A full bucket is
    -- always enough.
    v_short := greatest(
      coalesce((least(1 + v_requests, 10 * v_requests) - v_has.requests) / v_requests, 0),
      coalesce((least(p_tokens + v_tokens, 10 * v_tokens) - v_has.tokens) / v_tokens, 0));
    if v_short > 0.001 then
      return v_short;
    end if;
  end if;

  update embedd.rate_buckets set requests = requests - 1, tokens = tokens - p_tokens where embedder_id = v_embedder;
  return 0;
end
$$;
