-- What embedding took: requests and tokens by day, and what a token costs. It outlives the vector tables and embedders it is
-- about, so their ids refer to nothing.
create table embedd.daily_usage (
  day             date not null,
  organization_id text not null references embedd.organizations on delete cascade,
  vector_table_id text not null,
  embedder_id     uuid not null,
  provider        text not null,
  model           text not null,
  kind            text not null check (kind in ('document', 'query')),
  requests        bigint not null default 0,
  tokens          bigint not null default 0,
  primary key (day, vector_table_id, embedder_id, provider, model, kind)
) with (fillfactor = 70);
create index daily_usage_embedder on embedd.daily_usage (embedder_id, day);
comment on table embedd.daily_usage is
  'Requests to embedding providers and their tokens, by day (UTC), as the provider counts them, else estimated.';

create table embedd.prices (
  provider        text not null,
  model           text not null,
  usd_per_million numeric not null check (usd_per_million >= 0),
  primary key (provider, model)
);
comment on table embedd.prices is
  'US dollars for a million tokens; list prices at first, yours once you change them with embedd.set_price().';
insert into embedd.prices (provider, model, usd_per_million) values
  ('openai', 'text-embedding-3-small', 0.02), ('openai', 'text-embedding-3-large', 0.13), ('openai', 'text-embedding-ada-002', 0.10),
  ('gemini', 'gemini-embedding-001', 0.15), ('voyage', 'voyage-3.5', 0.06), ('voyage', 'voyage-3.5-lite', 0.02),
  ('cohere', 'embed-v4.0', 0.12), ('cohere', 'embed-english-v3.0', 0.10), ('cohere', 'embed-multilingual-v3.0', 0.10),
  ('voyage', 'voyage-code-3', 0.18), ('voyage', 'voyage-3-large', 0.18), ('voyage', 'voyage-3-lite', 0.02),
  ('local', 'all-MiniLM-L6-v2', 0);

alter table embedd.embedders add column monthly_token_budget bigint check (monthly_token_budget >= 0);
comment on column embedd.embedders.monthly_token_budget is
  'Tokens a month (UTC) after which no more texts are embedded until the next; deletes, metadata and queries go on.';

-- What a provider allows in a minute, for all workers and queries together. A bucket for each is filled steadily; what is in it
-- may be gone after a crash, and is full again then.
alter table embedd.embedders
  add column requests_per_minute int check (requests_per_minute > 0),
  add column tokens_per_minute bigint check (tokens_per_minute > 0);
comment on column embedd.embedders.requests_per_minute is 'What the provider allows; null: nothing is known, so nobody waits.';
comment on column embedd.embedders.tokens_per_minute is 'What the provider allows; null: nothing is known, so nobody waits.';
create unlogged table embedd.rate_buckets (
  embedder_id uuid primary key references embedd.embedders on delete cascade,
  requests    double precision not null,
  tokens      double precision not null,
  filled_at   timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table embedd.rate_buckets is 'What is left of an embedder''s requests and tokens a minute.';
