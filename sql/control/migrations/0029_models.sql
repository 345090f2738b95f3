-- Models are rows: the sizes they yield, what one request may hold, and their list prices. embedd_internal.seed_models()
-- writes the shipped ones at each upgrade; operators add theirs with embedd.add_model().
create table embedd.models (
  provider        text not null,
  model           text not null,
  kind            text not null default 'embedding' check (kind in ('embedding', 'rerank')),
  dimensions      int check (dimensions between 1 and 16000),
  sizes           int4multirange,
  size_fixed      boolean not null default false,
  max_text_tokens int check (max_text_tokens > 0),
  max_items       int check (max_items > 0),
  max_tokens      int check (max_tokens > 0),
  usd_per_million numeric check (usd_per_million >= 0),
  retired_on      date,
  successor       text,
  origin          text not null check (origin in ('shipped', 'operator')),
  primary key (provider, model),
  check ((kind = 'embedding') = (dimensions is not null)),
  check (case when dimensions is null then sizes is null else sizes @> dimensions end is true)
);
comment on table embedd.models is
  'The catalogue of models: which sizes they yield, what a request may hold and what it costs.';

-- They are rows now.
drop function if exists embedd_internal.known_models();

-- List prices are in the catalogue. What stays here is what operators decided: a price of their own, or none.
alter table embedd.prices alter column usd_per_million drop not null;
comment on table embedd.prices is
  'Prices that operators set with embedd.set_price(); they take precedence over those of embedd.models.';
with listed (provider, model, usd_per_million) as (values
  ('openai', 'text-embedding-3-small', 0.02), ('openai', 'text-embedding-3-large', 0.13),
  ('openai', 'text-embedding-ada-002', 0.10), ('gemini', 'gemini-embedding-001', 0.15),
  ('voyage', 'voyage-3.5', 0.06), ('voyage', 'voyage-3.5-lite', 0.02), ('voyage', 'voyage-code-3', 0.18),
  ('voyage', 'voyage-3-large', 0.18), ('voyage', 'voyage-3-lite', 0.02),
  ('cohere', 'embed-v4.0', 0.12), ('cohere', 'embed-english-v3.0', 0.10), ('cohere', 'embed-multilingual-v3.0', 0.10),
  ('local', 'all-MiniLM-L6-v2', 0)
), forgotten as (
  insert into embedd.prices (provider, model, usd_per_million)
  select l.provider, l.model, null from listed l
   where not exists (select from embedd.prices p where p.provider = l.provider and p.model = l.model)
)
delete from embedd.prices p using listed l
 where l.provider = p.provider and l.model = p.model and l.usd_per_million = p.usd_per_million;
