-- The usage and the cost of embedding and reranking for all organizations, newest first: one row for each day, vector
-- table, embedder and kind. The view reads tables only, so SELECT on it is enough. It scans embedd.daily_usage, which
-- has a few rows per day and table.
create or replace view embedd.usage as
select u.day, o.name as organization, e.name as environment, v.name as vector_table, m.name as embedder,
       u.provider, u.model, u.kind,
       u.requests, u.tokens,
       round(u.tokens * case when p.model is null then c.usd_per_million else p.usd_per_million end / 1000000, 6)
         as cost_usd
  from embedd.daily_usage u
  join embedd.organizations o on o.id = u.organization_id
  left join embedd.vector_tables v on v.id = u.vector_table_id
  left join embedd.embedders m on m.id = u.embedder_id
  left join embedd.environments e on e.id = coalesce(v.environment_id, m.environment_id)
  left join embedd.models c on c.provider = u.provider and c.model = u.model
  left join embedd.prices p on p.provider = u.provider and p.model = u.model
 order by u.day desc, o.name, e.name, v.name, m.name, u.provider, u.model, u.kind;
comment on column embedd.usage.day is 'The day, in UTC.';
comment on column embedd.usage.organization is 'The organization to which the usage is charged.';
comment on column embedd.usage.environment is
  'The environment of the vector table, else of the embedder; null: both no longer exist.';
comment on column embedd.usage.vector_table is
  'The vector table of the usage; null: it no longer exists, or the usage is of embedd.embed().';
comment on column embedd.usage.embedder is 'The embedder whose credentials were used; null: it no longer exists.';
comment on column embedd.usage.provider is 'The vendor.';
comment on column embedd.usage.model is 'The model of the requests.';
comment on column embedd.usage.kind is 'document, query or rerank.';
comment on column embedd.usage.requests is 'The number of requests.';
comment on column embedd.usage.tokens is 'Tokens as the vendor counts them, else estimated.';
comment on column embedd.usage.cost_usd is
  'The cost at the prices of embedd.prices, else of embedd.models; null: the model has no price.';
