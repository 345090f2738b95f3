-- What embedding and reranking took and costs, of all organizations, newest first: a row for each day, vector table, embedder
-- and kind. Reads tables alone, so SELECT on it is enough; it costs a pass over embedd.daily_usage, a few rows a day and table.
create or replace view embedd.usage as
select u.day, o.name as organization, e.name as environment, v.name as vector_table, m.name as embedder, u.provider, u.model, u.kind,
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
comment on column embedd.usage.day is 'In UTC.';
comment on column embedd.usage.organization is 'Who pays.';
comment on column embedd.usage.environment is 'Of the vector table, else of the embedder; null: both are gone.';
comment on column embedd.usage.vector_table is 'What it was for; null: gone by now, or asked for by itself with embedd.embed().';
comment on column embedd.usage.embedder is 'Whose credentials were used; null: gone by now.';
comment on column embedd.usage.provider is 'The vendor.';
comment on column embedd.usage.model is 'The model asked.';
comment on column embedd.usage.kind is 'document, query or rerank.';
comment on column embedd.usage.requests is 'How often it was asked.';
comment on column embedd.usage.tokens is 'As the vendor counts them, else estimated.';
comment on column embedd.usage.cost_usd is 'At the prices of embedd.prices, else of embedd.models; null: none there.';
