-- Sessions ask workers for what a search in SQL needs of them: the vector of a text, or a whole answer. A request and
-- its answer last minutes.
create table embedd.search_requests (
  digest          bytea primary key,
  organization_id text not null references embedd.organizations on delete cascade,
  generation_id   bigint not null references embedd.generations on delete cascade,
  user_id         uuid,
  need            jsonb not null,
  asked           bigint not null default 1,
  claimed         bigint not null default 0,
  answered        bigint not null default 0,
  wanted_until    timestamptz not null,
  kept_until      timestamptz not null,
  worker          text,
  leased_until    timestamptz,
  vector          real[],
  answer          jsonb,
  refusal         jsonb
);
create index search_requests_open on embedd.search_requests (organization_id) where asked > answered;
create index search_requests_kept on embedd.search_requests (organization_id, kept_until);
