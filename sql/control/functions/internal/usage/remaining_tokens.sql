-- Return how many tokens the embedder of a generation has left for documents this month, at least 0; null means
-- unlimited.
create or replace function embedd_internal.remaining_tokens(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, e.monthly_token_budget - coalesce((
           select sum(u.tokens) from embedd.daily_usage u
            where u.embedder_id = e.id and u.kind = 'document'
              and u.day >= date_trunc('month', clock_timestamp() at time zone 'utc')::date), 0))
    from embedd.generations g join embedd.embedders e on e.id = g.embedder_id
   where g.id = p_generation_id and e.monthly_token_budget is not null
$$;
