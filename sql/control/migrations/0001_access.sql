-- Who may do what: organizations, users, environments, API keys.

create table embedd.organizations (
  id         text primary key default 'org_' || replace(gen_random_uuid()::text, '-', ''),
  name       text not null unique check (length(name) between 1 and 100),
  status     text not null default 'active' check (status in ('active', 'deleting')),
  tier       text not null default 'free' check (tier in ('free', 'pro', 'business', 'enterprise')),
  created_at timestamptz not null default now()
);

create table embedd.users (
  id              uuid primary key default gen_random_uuid(),
  organization_id text not null references embedd.organizations on delete cascade,
  name            text not null check (length(name) between 1 and 200),
  role            text not null default 'member' check (role in ('owner', 'admin', 'member')),
  created_at      timestamptz not null default now(),
  unique (organization_id, name)
);

create table embedd.environments (
  id              text primary key default 'env_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id text not null references embedd.organizations on delete cascade,
  name            text not null check (name ~ '^[a-z0-9_-]{1,50}$'),
  created_at      timestamptz not null default now(),
  unique (organization_id, name)
);

create table embedd.api_keys (
  id              text primary key default 'key_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id text not null references embedd.organizations on delete cascade,
  user_id         uuid not null references embedd.users on delete cascade,
  name            text not null check (length(name) between 1 and 100),
  digest          bytea not null unique check (length(digest) = 32),
  key_prefix      text not null check (length(key_prefix) = 12),
  permission      text not null default 'full' check (permission in ('full', 'read_only')),
  created_at      timestamptz not null default now(),
  revoked_at      timestamptz
);
comment on column embedd.api_keys.digest is 'SHA-256 of the key; the key itself is shown once and stored nowhere.';

-- The tenant everybody is who names no other: what psql users and a self-hosted service act as.
with o as (insert into embedd.organizations (id, name, tier) values ('org_self_hosted', 'self-hosted', 'enterprise') returning id),
     u as (insert into embedd.users (organization_id, name, role) select id, 'owner', 'owner' from o)
insert into embedd.environments (organization_id, name) select id, 'prod' from o;
