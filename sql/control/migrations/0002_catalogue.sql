-- What is configured: connections, embedders, vector tables and their generations.

create table embedd.connections (
  id              text primary key default 'conn_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id text not null references embedd.organizations on delete cascade,
  environment_id  text not null references embedd.environments,
  name            text not null check (length(name) between 1 and 100),
  provider        text not null default 'postgresql' check (provider in ('postgresql')),
  mode            text check (mode in ('managed', 'platform')),
  status          text not null default 'created' check (status in ('created', 'connected', 'failed')),
  host            text,
  port            int check (port between 1 and 65535),
  database        text,
  username        text,
  password        jsonb,
  ssl_mode        text not null default 'prefer'
                  check (ssl_mode in ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full')),
  capture         text check (capture in ('trigger', 'poll')),
  created_by      uuid not null,
  created_at      timestamptz not null default now(),
  last_tested_at  timestamptz,
  last_error      text
);
create index connections_place on embedd.connections (environment_id, created_at, id);
comment on column embedd.connections.host is 'null: the database embedd is installed in, reached the way embedd itself is.';
comment on column embedd.connections.mode is 'null: vector tables of either mode.';
comment on column embedd.connections.password is 'Encrypted envelope; the key is outside the database.';
comment on column embedd.connections.capture is 'How changes are noticed; set by the connection test.';

create table embedd.embedders (
  id              uuid primary key default gen_random_uuid(),
  public_id       text not null unique generated always as ('emb_' || replace(id::text, '-', '')) stored,
  organization_id text not null references embedd.organizations on delete cascade,
  environment_id  text not null references embedd.environments,
  owner_id        uuid not null references embedd.users,
  name            text not null check (length(name) between 1 and 255),
  provider        text not null,
  model           text,
  base_url        text,
  credentials     jsonb,
  secret_ref      text check (secret_ref ~ '^(env|file):.+$'),
  created_at      timestamptz not null default now(),
  check (credentials is null or secret_ref is null)
);
create index embedders_place on embedd.embedders (environment_id, created_at, id);
comment on column embedd.embedders.credentials is 'Encrypted envelope; the key is outside the database.';
comment on column embedd.embedders.secret_ref is 'Where the worker finds the key: env:NAME or file:/path.';

create table embedd.vector_tables (
  id                   text primary key default 'vt_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id      text not null references embedd.organizations on delete cascade,
  environment_id       text not null references embedd.environments,
  name                 text not null check (length(name) between 1 and 100),
  connection_id        text not null references embedd.connections,
  embedder_id          uuid not null references embedd.embedders,
  source_table         text not null,
  source_schema        text not null,
  source_name          text not null,
  primary_key_column   text not null,
  primary_key_type     text not null,
  mode                 text not null check (mode in ('managed', 'platform')),
  sync_mode            text not null check (sync_mode in ('batch', 'cdc')),
  embedding_model      text not null,
  embedding_dimensions int not null check (embedding_dimensions between 1 and 16000),
  columns              json not null,
  sync_status          text not null default 'pending'
                       check (sync_status in ('pending', 'backfilling', 'synced', 'paused', 'error', 'pending_rebackfill')),
  capture_id           int references embedd.captures,
  source_rows          bigint,
  next_poll_at         timestamptz not null default now(),
  last_synced_at       timestamptz,
  last_error           text,
  last_error_at        timestamptz,
  created_by           uuid not null,
  created_at           timestamptz not null default now(),
  changed_at           timestamptz not null default now(),
  dropped_at           timestamptz
) with (fillfactor = 80);
create index vector_tables_place on embedd.vector_tables (environment_id, created_at, id);
create index vector_tables_capture on embedd.vector_tables (capture_id);
comment on column embedd.vector_tables.source_rows is 'Rows of a polled source at its last complete cycle.';
comment on column embedd.vector_tables.next_poll_at is 'When a polled source is compared next.';
comment on column embedd.vector_tables.changed_at is 'When what a worker must know last changed.';
comment on column embedd.vector_tables.dropped_at is 'Dropped for its users; a worker still has to remove the store.';

create table embedd.generations (
  id              bigint generated always as identity primary key,
  vector_table_id text not null references embedd.vector_tables on delete cascade,
  state           text not null default 'active' check (state in ('building', 'active', 'draining', 'dropped')),
  store           text not null check (store in ('qdrant', 'pgvector')),
  store_schema    text,
  store_table     text not null,
  created_at      timestamptz not null default now()
);
create index generations_vector_table on embedd.generations (vector_table_id);
create unique index generations_one_active on embedd.generations (vector_table_id) where state = 'active';

-- The source database itself and the model that needs no key: there from the start.
insert into embedd.connections (id, organization_id, environment_id, name, status, capture, created_by)
select 'conn_local', u.organization_id, e.id, 'local', 'connected', 'trigger', u.id
from embedd.users u join embedd.environments e using (organization_id) where u.organization_id = 'org_self_hosted';
insert into embedd.embedders (organization_id, environment_id, owner_id, name, provider, model)
select u.organization_id, e.id, u.id, 'local', 'local', 'all-MiniLM-L6-v2'
from embedd.users u join embedd.environments e using (organization_id) where u.organization_id = 'org_self_hosted';
