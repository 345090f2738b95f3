-- embedd: installs or upgrades schema embedd. Run it as often as you like; it is one transaction.
begin;
select pg_advisory_xact_lock(hashtextextended('embedd.migrate', 0));
set local client_min_messages = warning;
set local check_function_bodies = off;
set local search_path = pg_catalog, pg_temp;
do $embedd_install$
begin
  if to_regnamespace('embedd') is null then
    -- Plain CREATE: whatever somebody else made under our names is never adopted.
    create schema embedd;
    create table embedd.migrations (
      line       text not null check (line in ('capture', 'control')),
      number     int not null,
      name       text not null,
      applied_at timestamptz not null default now(),
      primary key (line, number)
    );
    comment on schema embedd is 'Embedding sync and semantic search: control tables, functions, triggers, outbox.';
  elsif (select pg_get_userbyid(nspowner) <> current_user from pg_namespace where nspname = 'embedd') then
    -- Not for members or superusers either: objects of several owners, or code of an owner one did not expect.
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd belongs to another role, not to %s.', current_user),
      hint = format('Run the upgrade as %s.',
                    (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'embedd'));
  elsif to_regclass('embedd.migrations') is null then
    raise exception using errcode = 'EBX01', message = 'There is a schema embedd in this database that is not ours.',
      hint = 'Rename or drop it, then run the installation again.';
  elsif exists (select from embedd.migrations where (line = 'capture' and number > 5) or (line = 'control' and number > 17)) then
    raise exception using errcode = 'EBX01', message = 'The schema embedd of this database is newer than this program.',
      hint = 'Upgrade embedd-pg; nothing was changed.';
  end if;
end
$embedd_install$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'capture' and number = 1) then
execute $embedd_capture_0001$
-- What a source database gets: the outbox that triggers write to, and who writes to it.

create table embedd.captures (
  id              int generated always as identity primary key,
  source_table    regclass not null,
  key_column      text not null,
  tracked_columns text[] not null,
  row_level       boolean not null,
  created_at      timestamptz not null default now(),
  unique (source_table, key_column)
);
comment on table embedd.captures is 'One row per watched source table and key: which columns its triggers compare.';

-- Append-only, no unique key, no foreign key, no trigger: an insert here can never make a writer wait or fail.
create table embedd.outbox (
  id         bigint generated always as identity,
  capture_id int not null,
  kind       "char" not null,
  key        text,
  at         timestamptz not null default now()
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0
);
create index outbox_id on embedd.outbox (id);
comment on table embedd.outbox is
  'Dirty keys, written by triggers in the writer''s own transaction. kind: k = key dirty, T = truncated, R = table shape changed.';

-- Armed by a worker before it sleeps; a writer notifies only then (NOTIFY on every commit serialises commits).
create table embedd.doorbell (
  only_row boolean primary key default true check (only_row),
  armed    boolean not null default false,
  enabled  boolean not null default true
) with (fillfactor = 50);
insert into embedd.doorbell default values;
comment on table embedd.doorbell is
  'armed: a worker sleeps and wants to be woken. enabled: switch off where applications use PREPARE TRANSACTION.';

-- Owner of the generated trigger functions when a superuser installs, so that none of them runs as superuser.
-- The role belongs to the whole cluster; another database may have made it already, or be making it now.
do $$
begin
  if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    begin
      create role embedd_capture nologin;
    exception when duplicate_object or unique_violation then
      null;
    end;
    -- Whoever could become that role could change what runs inside other people's writes.
    if exists (
      select from pg_catalog.pg_roles r
       where r.rolname = 'embedd_capture'
         and (r.rolcanlogin or r.rolsuper or r.rolcreaterole or exists (
               select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles o on o.oid in (m.member, m.roleid) and o.oid <> r.oid
                where r.oid in (m.member, m.roleid) and not (o.oid = m.member and o.rolsuper))))
    then
      raise exception using errcode = 'EBX01', message = 'There is a role embedd_capture in this cluster that is not ours.',
        hint = 'It must not log in, have rights of its own or have members. Rename or drop it, then run the installation again.';
    end if;
    grant usage on schema embedd to embedd_capture;
    grant insert on embedd.outbox to embedd_capture;
    grant select on embedd.doorbell to embedd_capture;
  end if;
end
$$;
$embedd_capture_0001$;
insert into embedd.migrations (line, number, name) values ('capture', 1, 'capture');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'capture' and number = 2) then
execute $embedd_capture_0002$
-- Keeping up a btree took as long as all the rest of what a changed row costs its writer. Ids rise with the place in the
-- table nearly everywhere, so a summary of every few pages does: the readers of the outbox only want to pass over what is gone.
drop index embedd.outbox_id;
create index outbox_id on embedd.outbox using brin (id) with (pages_per_range = 16);
$embedd_capture_0002$;
insert into embedd.migrations (line, number, name) values ('capture', 2, 'outbox_index');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'capture' and number = 3) then
execute $embedd_capture_0003$
-- A row for each key made up half of what a large statement's capture cost its writer, and nearly all of its WAL. Trigger
-- functions from before still write keys one by one until they are written anew.
alter table embedd.outbox add column keys text[];
comment on table embedd.outbox is
  'Dirty keys, written by triggers in the writer''s own transaction. kind: k = keys dirty (one in key, or some in keys), T = truncated, R = table shape changed.';
$embedd_capture_0003$;
insert into embedd.migrations (line, number, name) values ('capture', 3, 'outbox_keys');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'capture' and number = 4) then
execute $embedd_capture_0004$
-- A key may have several columns, in the order of its parts. Trigger functions from before name theirs themselves.
alter table embedd.captures rename column key_column to key_columns;
alter table embedd.captures alter column key_columns type text[] using array[key_columns];

drop function if exists embedd.install_capture(regclass, text, text[]);
$embedd_capture_0004$;
insert into embedd.migrations (line, number, name) values ('capture', 4, 'composite_keys');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'capture' and number = 5) then
execute $embedd_capture_0005$
-- Who takes the events of a database that has this line alone. Each event is taken once, so there can be only one.
create table embedd.consumer (
  only_row     boolean primary key default true check (only_row),
  installation uuid not null,
  line         uuid not null default gen_random_uuid(),
  since        timestamptz not null default now()
);
comment on table embedd.consumer is
  'The installation elsewhere that takes the events of this database; empty when there is none. Delete the row if it is no more.';
comment on column embedd.consumer.line is 'Tells the installation that several of its connections lead here.';
$embedd_capture_0005$;
insert into embedd.migrations (line, number, name) values ('capture', 5, 'consumer');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 1) then
execute $embedd_control_0001$
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
$embedd_control_0001$;
insert into embedd.migrations (line, number, name) values ('control', 1, 'access');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 2) then
execute $embedd_control_0002$
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
$embedd_control_0002$;
insert into embedd.migrations (line, number, name) values ('control', 2, 'catalogue');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 3) then
execute $embedd_control_0003$
-- How far things are: jobs, what the store is believed to hold, tasks.

-- Every attempt draws one number; the store refuses whatever comes with a lower one than it has seen.
-- 2^53-1 because range filters of vector stores compare as doubles.
create sequence embedd.fence as bigint maxvalue 9007199254740991 cache 1;

create table embedd.jobs (
  generation_id bigint not null references embedd.generations on delete cascade,
  key           text not null,
  want          bigint not null default 1,
  token         bigint not null default 0,
  lane          text not null check (lane in ('live', 'backfill', 'verify')),
  state         text not null default 'queued' check (state in ('queued', 'dead')),
  leased_until  timestamptz,
  worker        text,
  attempts      int not null default 0,
  crashes       int not null default 0,
  run_at        timestamptz not null default now(),
  dirty_since   timestamptz not null default now(),
  error_class   text,
  error         text,
  primary key (generation_id, key)
) with (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);
create index jobs_due on embedd.jobs (generation_id, lane, run_at) where state = 'queued';
comment on table embedd.jobs is 'One row per dirty key; want counts the changes that asked for it, token is the last attempt''s.';

create table embedd.row_states (
  generation_id bigint not null references embedd.generations on delete cascade,
  key           text not null,
  token         bigint not null,
  text_hash     text not null,
  metadata_hash text not null,
  source_hash   text,
  checked       bigint not null,
  primary key (generation_id, key)
) with (fillfactor = 80);
comment on table embedd.row_states is 'What the store is believed to hold, a row per live key. text_hash is empty for a row without text.';
comment on column embedd.row_states.checked is 'Token of the last attempt that found the row as it is.';

create table embedd.tasks (
  id                 text primary key default 'task_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id    text not null references embedd.organizations on delete cascade,
  task_type          text not null check (task_type in ('backfill', 'rebackfill', 'reconcile')),
  target_id          text not null references embedd.vector_tables on delete cascade,
  generation_id      bigint not null references embedd.generations on delete cascade,
  status             text not null default 'pending'
                     check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  phase              text not null default 'source' check (phase in ('source', 'settle', 'known', 'finish')),
  priority           int not null default 3,
  start_token        bigint,
  last_processed_pk  text,
  rows_processed     bigint not null default 0,
  rows_total         bigint,
  attempts           int not null default 0,
  max_attempts       int not null default 3,
  last_error         text,
  run_at             timestamptz not null default now(),
  leased_until       timestamptz,
  worker             text,
  created_at         timestamptz not null default now(),
  started_at         timestamptz,
  finished_at        timestamptz
);
create index tasks_place on embedd.tasks (organization_id, created_at, id);
create unique index tasks_one_running on embedd.tasks (generation_id, (task_type = 'reconcile'))
  where status in ('pending', 'running');
comment on table embedd.tasks is
  'Long work users see. Phases: source = queue every key of the source table; settle = wait for those jobs; '
  'known = queue known keys the attempts since have not met (deleted rows); finish = wait, then done.';

create table embedd.fence_marks (
  at    timestamptz primary key default clock_timestamp(),
  fence bigint not null
);
comment on table embedd.fence_marks is 'Where the fence stood, once a minute: how old a token is, for cleaning up tombstones.';
$embedd_control_0003$;
insert into embedd.migrations (line, number, name) values ('control', 3, 'sync');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 4) then
execute $embedd_control_0004$
-- A generation carries its own configuration, so that two of one vector table can live side by side while a new one
-- is filled. It remembers provider and address by value: they decide which texts count as unchanged, also after the
-- embedder itself was changed or deleted.

alter table embedd.vector_tables
  alter column embedder_id drop not null,
  drop constraint vector_tables_embedder_id_fkey,
  add foreign key (embedder_id) references embedd.embedders on delete set null;

alter table embedd.generations
  add column embedder_id uuid references embedd.embedders on delete set null,
  add column provider text,
  add column base_url text,
  add column embedding_model text,
  add column embedding_dimensions int,
  add column columns json,
  add column retired_at timestamptz;
update embedd.generations g
   set embedder_id = v.embedder_id, provider = e.provider, base_url = e.base_url, embedding_model = v.embedding_model,
       embedding_dimensions = v.embedding_dimensions, columns = v.columns
  from embedd.vector_tables v join embedd.embedders e on e.id = v.embedder_id
 where v.id = g.vector_table_id;
alter table embedd.generations
  alter column provider set not null,
  alter column embedding_model set not null,
  alter column embedding_dimensions set not null,
  alter column columns set not null;
create unique index generations_one_building on embedd.generations (vector_table_id) where state = 'building';
comment on column embedd.generations.retired_at is 'When another one took over; it is kept for a moment, for queries under way.';
$embedd_control_0004$;
insert into embedd.migrations (line, number, name) values ('control', 4, 'generations');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 5) then
execute $embedd_control_0005$
-- For those who host for others: request counts per organization, and who changed what.

-- Unlogged: counts of the last two minutes are worth no write-ahead log, and after a crash they may start again.
create unlogged table embedd.request_counts (
  organization_id text primary key,
  minute          bigint not null,
  current         int not null,
  previous        int not null,
  admitted        boolean not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
comment on table embedd.request_counts is
  'Requests of each organization in the minute of its last one and in the one before; admitted is the last one''s fate.';

-- No references: an entry outlives whoever it is about.
create table embedd.audit_log (
  id              bigint generated always as identity primary key,
  at              timestamptz not null default clock_timestamp(),
  organization_id text not null,
  user_id         uuid,
  key_id          text,
  operation       text not null,
  target          text,
  result          text not null,
  address         text,
  request_id      text
);
create index audit_log_organization on embedd.audit_log (organization_id, id);
comment on table embedd.audit_log is 'Who changed or tried to change what through the REST API. Entries are added, never changed.';
comment on column embedd.audit_log.result is 'ok, or the code of the error.';

create index api_keys_place on embedd.api_keys (organization_id, created_at, id);
create index environments_place on embedd.environments (organization_id, created_at, id);

-- It answers with more columns now; the functions are made again after the migrations.
drop function if exists embedd.authenticate(bytea);
$embedd_control_0005$;
insert into embedd.migrations (line, number, name) values ('control', 5, 'access');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 6) then
execute $embedd_control_0006$
-- Embedders as the GoodMem face (/v1/embedders) knows them: the same rows as before, with more columns.

alter table embedd.embedders
  add column description text,
  add column provider_type text
    check (provider_type in ('OPENAI', 'VLLM', 'TEI', 'LLAMA_CPP', 'VOYAGE', 'COHERE', 'JINA')),
  add column api_path text,
  add column dimensionality int check (dimensionality > 0),
  add column distribution_type text not null default 'DENSE' check (distribution_type in ('DENSE', 'SPARSE')),
  add column max_sequence_length int check (max_sequence_length > 0),
  add column supported_modalities text[] not null default '{TEXT}'
    check (supported_modalities <@ '{TEXT,IMAGE,AUDIO,VIDEO}' and cardinality(supported_modalities) > 0),
  add column labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
  add column version text,
  add column monitoring_endpoint text,
  add column credentials_form text not null default 'key' check (credentials_form in ('key', 'endpoint')),
  add column fingerprint bytea check (length(fingerprint) = 32),
  add column duplicate_key bytea check (length(duplicate_key) = 32),
  add column created_by uuid,
  add column updated_by uuid,
  add column updated_at timestamptz;
update embedd.embedders set created_by = owner_id, updated_by = owner_id, updated_at = created_at;
alter table embedd.embedders
  alter column created_by set not null,
  alter column updated_by set not null,
  alter column updated_at set not null,
  alter column updated_at set default now();
create unique index embedders_once on embedd.embedders (duplicate_key);
create index vector_tables_embedder on embedd.vector_tables (embedder_id);
create index generations_embedder on embedd.generations (embedder_id);
comment on column embedd.embedders.provider_type is 'As the GoodMem face said it; null: made elsewhere, and shown by its provider.';
comment on column embedd.embedders.api_path is 'Put behind base_url for a request; null: the provider''s own.';
comment on column embedd.embedders.credentials_form is
  'What the envelope holds: a key, or the JSON of an EndpointAuthentication.';
comment on column embedd.embedders.fingerprint is
  'HMAC-SHA-256 of the credentials under a key the database never sees: equal ones are told, not guessed.';
comment on column embedd.embedders.duplicate_key is
  'SHA-256 of what no two embedders of one owner share; null for those that may repeat (not made on the GoodMem face).';
$embedd_control_0006$;
insert into embedd.migrations (line, number, name) values ('control', 6, 'embedders');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 7) then
execute $embedd_control_0007$
-- The first backfill into a store beside the ledger leases key ranges instead of queueing a job per key.

create table embedd.ranges (
  id            bigint generated always as identity primary key,
  generation_id bigint not null references embedd.generations on delete cascade,
  task_id       text not null references embedd.tasks on delete cascade,
  after_key     text,
  last_key      text not null,
  token         bigint not null default 0,
  leased_until  timestamptz,
  worker        text,
  crashes       int not null default 0,
  run_at        timestamptz not null default now(),
  error_class   text,
  error         text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index ranges_place on embedd.ranges (generation_id, id);
comment on table embedd.ranges is
  'Key ranges a first backfill has still to fill: above after_key (null: from the start) up to last_key, in the order of the key.';

alter table embedd.tasks add column ranged boolean;
comment on column embedd.tasks.ranged is 'Whether it may fill by ranges; decided when it first starts.';

-- They answer more columns than before; the new ones are made when the functions are applied.
drop function if exists embedd.claim_jobs(bigint, text, int, text, interval);
drop function if exists embedd.claim_task(text, text[], interval);
$embedd_control_0007$;
insert into embedd.migrations (line, number, name) values ('control', 7, 'ranges');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 8) then
execute $embedd_control_0008$
-- Verification: source and store compared row by row, what that found, and stores that got lost.

alter table embedd.tasks
  drop constraint tasks_task_type_check,
  add constraint tasks_task_type_check check (task_type in ('backfill', 'rebackfill', 'reconcile', 'verify')),
  drop constraint tasks_phase_check,
  add constraint tasks_phase_check check (phase in ('source', 'settle', 'known', 'store', 'finish'));
comment on table embedd.tasks is
  'Long work users see. Phases: source = queue every key of the source table; settle = wait for those jobs; '
  'known = queue known keys the attempts since have not met (deleted rows); finish = wait, then done. '
  'A verification has source = compare every row with the store; store = look for points without a row; settle; finish.';

-- A verification goes on beside a backfill or a reconcile.
drop index embedd.tasks_one_running;
create unique index tasks_one_running on embedd.tasks (generation_id, (task_type = 'reconcile'))
  where status in ('pending', 'running') and task_type <> 'verify';
create unique index tasks_one_verifying on embedd.tasks (generation_id)
  where status in ('pending', 'running') and task_type = 'verify';
create index tasks_target on embedd.tasks (target_id, finished_at) where task_type = 'verify';

create table embedd.verifications (
  task_id         text primary key references embedd.tasks on delete cascade,
  vector_table_id text not null references embedd.vector_tables on delete cascade,
  repair          boolean not null,
  sweep           boolean not null,
  missing         bigint not null default 0,
  stale           bigint not null default 0,
  orphaned        bigint not null default 0,
  unreadable      bigint not null default 0,
  waiting         bigint not null default 0,
  skipped         bigint not null default 0,
  dead            bigint not null default 0,
  repaired        bigint not null default 0,
  examples        jsonb not null default '{}',
  waiting_keys    text[] not null default '{}'
) with (fillfactor = 50);
create index verifications_vector_table on embedd.verifications (vector_table_id);
comment on table embedd.verifications is
  'What each verification found; its rows_processed are the rows compared. Drift is missing, stale, orphaned and unreadable rows.';
comment on column embedd.verifications.sweep is 'Not asked for by anybody: the daily one, slow and with repair.';
comment on column embedd.verifications.waiting is 'Rows that differ, but still wait to be synced: no drift.';
comment on column embedd.verifications.skipped is 'Rows left out because the tier''s vectors are used up.';
comment on column embedd.verifications.dead is 'Rows set aside with a reason.';
comment on column embedd.verifications.repaired is 'Rows queued to be brought up to date.';
comment on column embedd.verifications.waiting_keys is 'Keys behind the checkpoint that have to be looked at again.';

alter table embedd.generations add column refilling boolean not null default false;
comment on column embedd.generations.refilling is 'Its store was lost; queries wait until a backfill has filled it again.';
$embedd_control_0008$;
insert into embedd.migrations (line, number, name) values ('control', 8, 'verify');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 9) then
execute $embedd_control_0009$
-- Which database this is, so that a copy of it never writes to its stores; what was found beside the triggers; rows that
-- kill workers or were refused.

create table embedd.instance (
  only_row          boolean primary key default true check (only_row),
  uid               uuid not null default gen_random_uuid(),
  system_identifier bigint,
  timeline          bigint,
  database_oid      oid not null,
  table_oid         oid not null,
  fence_high        bigint not null default 0,
  detached          boolean not null default false,
  beats             text[] not null default '{}',
  rival             text,
  rival_since       timestamptz,
  rivalled          boolean not null default false,
  checked_at        timestamptz not null default clock_timestamp()
);
comment on table embedd.instance is
  'The database that owns the stores, as it was when a worker last looked; empty before the first one.';
comment on column embedd.instance.system_identifier is 'Of the server; null: the role may not read it. timeline likewise.';
comment on column embedd.instance.table_oid is 'Of this table: a restored dump has another.';
comment on column embedd.instance.fence_high is 'The highest token known to be drawn; a sequence below it was set back.';
comment on column embedd.instance.beats is 'The last marks this database left in the managed store; a copy does not know the newest.';
comment on column embedd.instance.rival is 'A mark there that this database did not leave, watched since rival_since: who left it may be gone.';
comment on column embedd.instance.rivalled is 'A copy of this database is at work on the store; nothing is written until one is adopted or detached.';
comment on column embedd.instance.detached is 'It gave up the stores of the database it was copied from; its own have other names.';

alter table embedd.generations add column suspect_before bigint not null default 0;
comment on column embedd.generations.suspect_before is
  'Beliefs older than this token are from before a failover or restore: the store is asked, and written under a new token.';

create table embedd.unread_stores (
  generation_id bigint primary key references embedd.generations on delete cascade,
  token         bigint not null default 0,
  leased_until  timestamptz
);
comment on table embedd.unread_stores is
  'Stores to be read before anything is claimed for them: after a failover or restore they may hold what the ledger forgot.';

create table embedd.notices (
  id              bigint generated always as identity primary key,
  at              timestamptz not null default clock_timestamp(),
  vector_table_id text references embedd.vector_tables on delete cascade,
  message         text not null
);
comment on table embedd.notices is 'What was noticed and mended without anybody asking; null vector table: of the whole database.';

create table embedd.capture_audits (
  capture_id int primary key references embedd.captures on delete cascade,
  state      jsonb not null,
  audited_at timestamptz not null default clock_timestamp()
);
comment on table embedd.capture_audits is 'Triggers, tables and columns of each capture as the last audit left them.';

alter table embedd.jobs add column source_hash text;
comment on column embedd.jobs.source_hash is 'Row hash of a polled source for which the job was made; a dead one waits for another.';
create index jobs_suspect on embedd.jobs (generation_id, lane, run_at) where state = 'queued' and crashes > 0;
$embedd_control_0009$;
insert into embedd.migrations (line, number, name) values ('control', 9, 'instance');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 10) then
execute $embedd_control_0010$
-- When a task came to the phase it is in.
alter table embedd.tasks add column phase_since timestamptz;
$embedd_control_0010$;
insert into embedd.migrations (line, number, name) values ('control', 10, 'settling');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 11) then
execute $embedd_control_0011$
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
$embedd_control_0011$;
insert into embedd.migrations (line, number, name) values ('control', 11, 'usage');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 12) then
execute $embedd_control_0012$
-- Vectors of texts embedded before, for installations that switch the cache on (EMBEDD_CACHE_MB).
create table embedd.cached_vectors (
  digest  bytea primary key,
  vector  bytea not null,
  used_on date not null default (now() at time zone 'utc')::date
);
alter table embedd.cached_vectors alter column vector set storage external;
create index cached_vectors_used_on on embedd.cached_vectors (used_on);
comment on table embedd.cached_vectors is
  'Vectors by a keyed hash of model and text, never the text; removed when they have not been used for longest.';
$embedd_control_0012$;
insert into embedd.migrations (line, number, name) values ('control', 12, 'vector_cache');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 13) then
execute $embedd_control_0013$
-- Which rows of a source table are mirrored (null means all), and which language's word endings searches by words know.
alter table embedd.vector_tables
  add column language text not null default 'english',
  add column condition text,
  add column condition_columns text[] not null default '{}';
comment on column embedd.vector_tables.language is 'A text search configuration of PostgreSQL''s own.';
comment on column embedd.vector_tables.condition is
  'Only rows it is true for are mirrored; as PostgreSQL writes it, over the columns of the source table.';
comment on column embedd.vector_tables.condition_columns is 'The columns the condition names: their changes are watched, too.';

drop function if exists embedd.create_vector_table(text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean);
drop function if exists embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean);
drop function if exists embedd.list_vector_tables(int, timestamptz, text);
drop function if exists embedd.get_vector_table(text);
drop function if exists embedd.watch_source(text, text, text, json);
$embedd_control_0013$;
insert into embedd.migrations (line, number, name) values ('control', 13, 'conditions');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 14) then
execute $embedd_control_0014$
-- How long texts are cut into passages, and how a collection of Qdrant is laid out, per vector table.
alter table embedd.vector_tables
  add column chunking jsonb not null default '{"strategy": "none"}',
  add column store_settings jsonb not null default '{}';
comment on column embedd.vector_tables.chunking is 'How a text is cut into passages, each of which has a vector of its own; as check_chunking() gives it.';
comment on column embedd.vector_tables.store_settings is 'How its collections are laid out; as check_store_settings() gives it.';

-- Like the columns: two generations of one table may be cut differently.
alter table embedd.generations
  add column chunking jsonb not null default '{"strategy": "none"}',
  add column store_settings jsonb not null default '{}';

drop function if exists embedd.create_vector_table(text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean, text, text);
drop function if exists embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean, text);
drop function if exists embedd.list_vector_tables(int, timestamptz, text);
drop function if exists embedd.get_vector_table(text);
drop function if exists embedd.nearest_rows(jsonb, real[], text, int);
drop function if exists embedd.search(text, real[], text, int, jsonb, text);
$embedd_control_0014$;
insert into embedd.migrations (line, number, name) values ('control', 14, 'chunking');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 15) then
execute $embedd_control_0015$
-- Usage counts what rerankers were asked, too.
alter table embedd.daily_usage drop constraint daily_usage_kind_check;
alter table embedd.daily_usage add constraint daily_usage_kind_check check (kind in ('document', 'query', 'rerank'));
$embedd_control_0015$;
insert into embedd.migrations (line, number, name) values ('control', 15, 'rerank');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 16) then
execute $embedd_control_0016$
-- A key may have several columns. primary_key_column stays what users see: the column, or the columns with commas.
alter table embedd.vector_tables add column key_columns text[];
update embedd.vector_tables set key_columns = array[primary_key_column];
alter table embedd.vector_tables alter column key_columns set not null;
alter table embedd.vector_tables rename column primary_key_type to key_types;
alter table embedd.vector_tables alter column key_types type text[] using array[key_types];
comment on column embedd.vector_tables.key_columns is 'What names a row, in the order of the parts of its key; key_types runs in parallel.';

drop function if exists embedd.check_source(text, jsonb, text);
drop function if exists embedd.watch_source(text, text, text, json, text[]);
$embedd_control_0016$;
insert into embedd.migrations (line, number, name) values ('control', 16, 'composite_keys');
end if;
end
$embedd_once$;

do $embedd_once$
begin
if not exists (select from embedd.migrations where line = 'control' and number = 17) then
execute $embedd_control_0017$
-- Another database may have our capture line, too: then its triggers tell of changes, and a worker fetches what they wrote.
alter table embedd.connections drop constraint connections_capture_check,
  add constraint connections_capture_check check (capture in ('trigger', 'remote_trigger', 'poll'));

alter table embedd.vector_tables add column remote_capture_id int;
comment on column embedd.vector_tables.remote_capture_id is
  'Of the capture in the database of the connection, which has its own; stays until its triggers are removed there.';
create index vector_tables_remote_capture on embedd.vector_tables (connection_id, remote_capture_id) where remote_capture_id is not null;

create table embedd.remote_outboxes (
  connection_id text primary key references embedd.connections on delete cascade,
  line          uuid not null,
  worker        text,
  leased_until  timestamptz,
  error         text
) with (fillfactor = 50);
comment on table embedd.remote_outboxes is 'Connections over which events are fetched, by one worker at a time.';
comment on column embedd.remote_outboxes.line is 'Of the database it leads to, as that calls itself: several connections may lead to one.';
comment on column embedd.remote_outboxes.error is 'Why they cannot be at the moment; then the tables are compared as if they had no triggers.';
$embedd_control_0017$;
insert into embedd.migrations (line, number, name) values ('control', 17, 'remote_capture');
end if;
end
$embedd_once$;

-- Called over a connection: sees to it that the changes of a table are written to the outbox, and returns the capture's id and
-- that of the capture line, which tells whether two connections lead to one database.
-- Where all is as it should be nothing is touched. Nulls: it is no table, but a view, which can have no such triggers.
create or replace function embedd.begin_capture(p_installation uuid, p_table text, p_key text[], p_columns text[], out capture_id int, out line uuid)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass := to_regclass(p_table);
  v_trouble text;
begin
  if not exists (select from pg_class where oid = v_table and relkind in ('r', 'p') and relpersistence <> 't') then
    return;
  end if;
  -- A column that is not there would make each write look like a change of the table's shape.
  if exists (select from unnest(p_key || p_columns) n
              where n not in (select attname from pg_attribute where attrelid = v_table and attnum > 0 and not attisdropped)) then
    raise exception using errcode = 'EBV01', message = format('The table %s has no such columns: %s.', v_table, array_to_string(p_key || p_columns, ', ')),
      hint = 'Name columns it has.';
  end if;
  perform embedd.check_consumer(p_installation, true);
  line := (select c.line from embedd.consumer c);
  select id into capture_id from embedd.captures c
   where c.source_table = v_table and c.key_columns = p_key and c.tracked_columns @> p_columns
     and c.row_level = embedd.needs_row_triggers(v_table) and embedd.is_capture_whole(c.id, embedd.capture_state(c.id))
     and not exists (select from pg_trigger t where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', c.id)) and t.tgenabled <> 'A');
  if found then
    return;
  end if;
  capture_id := embedd.install_capture(v_table, p_key, p_columns);
  v_trouble := embedd.repair_capture(capture_id);
  if v_trouble is not null then
    raise exception using errcode = 'EBP02', message = format('The triggers on %s could not be mended. %s', v_table, v_trouble),
      hint = 'It is tried again.';
  end if;
exception when insufficient_privilege then
  raise exception using errcode = 'EBP02',
    message = format('The role %s may not create triggers on %s: it has to own the table and the schema embedd there.', current_user, coalesce(v_table::text, p_table)),
    hint = format('grant %s to %I', (select string_agg(distinct quote_ident(pg_get_userbyid(owner)), ', ')
                                       from (select relowner from pg_class where oid = v_table union select nspowner from pg_namespace where nspname = 'embedd') o (owner)
                                      where not pg_has_role(owner, 'usage')), current_user);
end
$$;
comment on function embedd.begin_capture(uuid, text, text[], text[]) is 'Called over a connection: writes the changes of a table to the outbox; returns the capture''s id.';

-- The columns a capture needs: the key, the tracked ones, and what virtual generated columns among them are computed
-- from, because a virtual column has no value inside a trigger (compared false). A column that is gone has no type.
create or replace function embedd.capture_columns(p_capture_id int) returns table (name name, compared boolean, type oid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with named as (
    select distinct c.source_table, n.name::name collate "C" as name
      from embedd.captures c cross join unnest(c.tracked_columns || c.key_columns) n (name)
     where c.id = p_capture_id
  ), needed as (
    select * from named
    union
    select n.source_table, b.attname
      from named n
      join pg_attribute a on a.attrelid = n.source_table and a.attname = n.name and a.attgenerated = 'v'
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                      and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
      join pg_attribute b on b.attrelid = a.attrelid and b.attnum = p.refobjsubid and b.attnum <> a.attnum
  )
  select n.name, a.attgenerated is distinct from 'v', a.atttypid
    from needed n left join pg_attribute a on a.attrelid = n.source_table and a.attname = n.name
   order by n.name
$$;

-- What a connection test asks a database elsewhere: how new its capture line is, whether an installation of its own takes the
-- events, and which one elsewhere does. This function and the four others that are called over a connection run with the rights
-- of its role, which therefore has to own this schema and the source tables, or to be a member of the roles that do.
create or replace function embedd.capture_line(out number int, out control boolean, out installation uuid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (select max(m.number) from embedd.migrations m where m.line = 'capture'),
         exists (select from embedd.migrations m where m.line = 'control'),
         (select c.installation from embedd.consumer c)
$$;

-- The tables whose changes change what the given table shows: itself, its partitions, its inheritance children.
create or replace function embedd.capture_relations(p_table regclass) returns table (relation regclass)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with recursive tree as (
    select p_table::oid as relid
    union
    select i.inhrelid from tree join pg_inherits i on i.inhparent = tree.relid
  )
  select relid::regclass from tree
$$;

-- What a capture rests on, as names and values of which any change means that changes of rows may have been missed:
-- each table of the tree, each trigger, the captured columns, the trigger function. A trigger that was disabled and
-- enabled again is another version of its row in the catalogue, hence xmin.
create or replace function embedd.capture_state(p_capture_id int) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with capture as (
    select source_table, to_regprocedure(format('embedd.capture_%s()', id)) as function from embedd.captures where id = p_capture_id
  ), relations as (
    select r.relation from capture, embedd.capture_relations(source_table) r where exists (select from pg_class where oid = r.relation)
  ), parts (name, value) as (
    select 'table ' || relation::oid, relation::text from relations
    union all
    select format('trigger %s %s', t.tgrelid, t.tgname), format('%s %s %s', t.tgenabled, t.oid, t.xmin)
      from pg_trigger t join capture on t.tgfoid = function
    union all
    select 'column ' || c.name, format('%s %s', c.type, a.xmin)
      from capture cross join embedd.capture_columns(p_capture_id) c
      left join pg_attribute a on a.attrelid = source_table and a.attname = c.name
    union all
    select 'rows', embedd.needs_row_triggers(source_table)::text from capture
    union all
    select 'function', md5(row(p.prosrc, p.prosecdef, p.proconfig, p.proowner)::text) from pg_proc p join capture on p.oid = function
  )
  select coalesce(jsonb_object_agg(name, value), '{}') from parts
$$;

-- A condition on the rows of a table as PostgreSQL itself writes it, and the columns it names: what the predicate of an index
-- may be, hence one boolean expression over the row's own columns that is the same for the same row at any time.
-- The same statements run over any connection, also on databases without this schema: Python has them in sources/condition.py.
create or replace function embedd.check_condition(p_condition text, p_table regclass, out condition text, out columns text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_probe refcursor;
begin
  -- A cursor has one statement: more than one is refused before any of them runs. Opening this one reads nothing.
  open v_probe for execute format(E'select from %s where (%s\n)', p_table, p_condition);
  close v_probe;
  execute format('create temporary table embedd_condition (like %s) on commit drop', p_table);
  execute format(E'create index on pg_temp.embedd_condition ((true)) where (%s\n)', p_condition);
  select pg_get_expr(i.indpred, i.indrelid), array(
           select distinct a.attname::text from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid > 0 order by 1)
    into condition, columns from pg_index i where i.indrelid = 'pg_temp.embedd_condition'::regclass;
  drop table pg_temp.embedd_condition;
exception
  when syntax_error_or_access_rule_violation or data_exception or feature_not_supported then
    raise exception using errcode = 'EBV01', message = format('where: %s.', sqlerrm),
      hint = 'Write one condition on the columns of the source table, without its name, as in: price > 0 and status = ''active''.';
end
$$;

-- Refuses who is not the one installation that takes the events of this database; p_take: the first one to come becomes it.
create or replace function embedd.check_consumer(p_installation uuid, p_take boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_line record;
begin
  if p_take and p_installation is not null then
    insert into embedd.consumer (installation) values (p_installation) on conflict do nothing;
  end if;
  v_line := embedd.capture_line();
  if v_line.control then
    raise exception using errcode = 'EBP02', message = 'An installation of embedd in that database takes its events itself.',
      hint = 'Create the vector table there, or drop the schema embedd there and run embedd migrate --capture-only.';
  end if;
  if v_line.installation is distinct from p_installation then
    raise exception using errcode = 'EBP02', message = 'Another installation of embedd takes the events of that database.',
      hint = 'If it is no more, there: delete from embedd.consumer.';
  end if;
end
$$;

-- Called over a connection: takes the events that read_outbox() gave out of the outbox. By place, which is quick, and by id,
-- because a place may have been given to another event meanwhile.
create or replace function embedd.clear_outbox(p_installation uuid, p_places tid[], p_ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd.check_consumer(p_installation, false);
  delete from embedd.outbox where ctid = any (p_places) and id = any (p_ids);
end
$$;
comment on function embedd.clear_outbox(uuid, tid[], bigint[]) is 'Called over a connection: removes events that were read.';

-- What happened between two states of a capture, a sentence each. New columns and triggers were added by ourselves; a new
-- trigger function may have been written by ourselves, which writing it anew tells.
create or replace function embedd.compare_capture_states(p_before jsonb, p_after jsonb) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with changed as (
    select key, split_part(key, ' ', 1) as kind, b.value as before, a.value as after
      from jsonb_each_text(p_before) b full join jsonb_each_text(p_after) a using (key)
     where a.value is distinct from b.value
  ), told as (
    select key, case
      when kind = 'table' and after is null then format('%s is gone or no longer part of the table.', before)
      when kind = 'table' and before is null then format('%s became part of the table.', after)
      when kind = 'table' then format('%s is called %s now.', before, after)
      when kind = 'rows' then 'It became part of a tree or a subscription, or is so no longer.'
      when kind = 'column' and before is not null and after is not null then format('The column %s was altered.', substr(key, 8))
      when kind = 'trigger' and before is not null and p_after ? ('table ' || split_part(key, ' ', 2)) then
        format('The trigger %s on %s was %s.', split_part(key, ' ', 3), p_after ->> ('table ' || split_part(key, ' ', 2)),
               case when after is null then 'dropped' else 'disabled or altered' end)
      end as sentence
      from changed
  )
  select sentence from told where sentence is not null order by key
$$;

-- Creates the triggers of one capture on one table, always enabled, so that replication roles fire them too; those that
-- are there are left or, if they were switched off, enabled again.
-- Row triggers on a partitioned table are cloned to its partitions by PostgreSQL, truncate triggers are not:
-- partitions get theirs here (p_is_root false), and inheritance children get both.
create or replace function embedd.create_capture_triggers(p_table regclass, p_capture_id int, p_row_level boolean, p_is_root boolean)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_cloned boolean := not p_is_root and (select relispartition from pg_class where oid = p_table);
  v_kinds text[][] := case
    when v_cloned then '{{truncate,"",statement}}'
    when p_row_level then '{{row,"",row},{truncate,"",statement}}'
    else '{{insert,"referencing new table as new_rows",statement},
           {update,"referencing old table as old_rows new table as new_rows",statement},
           {delete,"referencing old table as old_rows",statement},
           {truncate,"",statement}}'
  end;
  v_kind text[];
  v_function regprocedure := to_regprocedure(format('embedd.capture_%s()', p_capture_id));
  v_name name;
begin
  foreach v_kind slice 1 in array v_kinds loop
    v_name := format('zz_embedd_%s_%s', p_capture_id, v_kind[1]);
    continue when exists (select from pg_trigger where tgrelid = p_table and tgname = v_name and tgfoid = v_function);
    execute format('create trigger %I after %s on %s %s for each %s execute function embedd.capture_%s()',
                   v_name, case v_kind[1] when 'row' then 'insert or update or delete' else v_kind[1] end,
                   p_table, v_kind[2], v_kind[3], p_capture_id);
  end loop;
  for v_name in select tgname from pg_trigger where tgrelid = p_table and tgfoid = v_function and tgenabled <> 'A' order by tgname loop
    execute format('alter table %s enable always trigger %I', p_table, v_name);
  end loop;
end
$$;

-- What the catalogue says about a table, as the role that asks sees it; null when there is no such table.
-- The same query runs over any connection, also on databases without this schema: Python takes it from this file.
-- The caller's search path decides what an unqualified name means, so everything else here is qualified.
create or replace function embedd.describe_source(source_table text) returns jsonb
language sql stable
as $describe$
  select pg_catalog.jsonb_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'kind', c.relkind,
    'temporary', c.relpersistence = 't',
    'role', current_user,
    'can_read', pg_catalog.has_table_privilege(c.oid, 'select'),
    'can_use_schema', pg_catalog.has_schema_privilege(n.oid, 'usage'),
    'can_trigger', pg_catalog.pg_has_role(c.relowner, 'usage'),
    'can_create', pg_catalog.has_schema_privilege(n.oid, 'create'),
    'vector_version', (select extversion from pg_catalog.pg_extension where extname = 'vector'),
    'row_security', c.relrowsecurity and pg_catalog.row_security_active(c.oid),
    'columns', (
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', a.attname,
               'type', pg_catalog.format_type(coalesce(nullif(t.typbasetype, 0::oid), t.oid), null),
               'not_null', a.attnotnull,
               'deterministic', coalesce((select l.collisdeterministic from pg_catalog.pg_collation l
                                           where l.oid = a.attcollation), true),
               'can_read', pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')) order by a.attnum)
        from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'unique_columns', (
      select coalesce(pg_catalog.jsonb_agg(distinct a.attname), '[]')
        from pg_catalog.pg_index i
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indisvalid
         and i.indpred is null and i.indexprs is null),
    'unique_keys', (
      select coalesce(pg_catalog.jsonb_agg(u.columns), '[]')
        from pg_catalog.pg_index i
        cross join lateral (
          select pg_catalog.jsonb_agg(a.attname order by k.place) as columns
            from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
            join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
           where k.place <= i.indnkeyatts) u
       where i.indrelid = c.oid and i.indisunique and i.indnkeyatts > 1 and i.indisvalid
         and (i.indimmediate or i.indisprimary) and i.indpred is null and i.indexprs is null),
    'primary_key', (
      select pg_catalog.jsonb_agg(a.attname order by k.place)
        from pg_catalog.pg_index i
        cross join pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
       where i.indrelid = c.oid and i.indisprimary and k.place <= i.indnkeyatts))
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = pg_catalog.to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
$describe$;
comment on function embedd.describe_source(text) is
  'Columns, keys and rights of a table as the current role sees them; null when there is no such table.';

-- Called over a connection: the changes of a table are no longer written to the outbox. With its last capture the installation
-- leaves the place to whoever comes next. Doing it twice changes nothing.
create or replace function embedd.end_capture(p_installation uuid, p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from embedd.captures where id = p_capture_id) then
    return;
  end if;
  perform embedd.check_consumer(p_installation, false);
  perform embedd.remove_capture(p_capture_id);
  delete from embedd.consumer where not exists (select from embedd.captures);
end
$$;
comment on function embedd.end_capture(uuid, int) is 'Called over a connection: removes the triggers of a capture.';

-- Writes the trigger function of one capture anew: after its tracked columns changed, and on upgrade.
-- The function only inserts into the outbox. It must never make a writer's statement fail: when a column it
-- names is gone, or the key has become a type that is no key, it says so (R) instead of touching it. The body is
-- passed as a quoted literal, so no column name, however odd, can end it early.
create or replace function embedd.generate_capture(p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $generate$
declare
  v_capture embedd.captures := (select c from embedd.captures c where c.id = p_capture_id);
  v_name text := format('embedd.capture_%s', p_capture_id);
  v_old text := case when v_capture.row_level then 'old' else 'o' end;
  v_new text := case when v_capture.row_level then 'new' else 'n' end;
  v_key_types oid[] := array['int2', 'int4', 'int8', 'uuid', 'text', 'varchar']::regtype[];
  v_key text[] := v_capture.key_columns;
  v_key_new text := embedd.key_text(v_new, v_key);
  v_key_old text := embedd.key_text(v_old, v_key);
  v_columns name[] := array(select name from embedd.capture_columns(p_capture_id));
  v_types text;
  v_fits text;
  v_events text;
  v_queued text;
  v_owner name;
begin
  if v_capture.row_level then
    -- A session keeps the plans it made, and they fit only the types of that time. After a change of type keys are
    -- read through fresh plans, until the function is written anew.
    select string_agg(format('(%L, %s)', name, coalesce(type, 0)), ', ') into v_types from embedd.capture_columns(p_capture_id);
    v_fits := format('(attname, atttypid) in (%s)', v_types);
    v_events := $body$
    if %1$s > (select count(*) from pg_attribute where attrelid = tg_relid and attname = any (%2$L) and not attisdropped) then
      insert into embedd.outbox (capture_id, kind) values (%3$s, 'R');
    else
      if tg_op <> 'INSERT' then
        execute %7$L using old;
      end if;
      if tg_op <> 'DELETE' then
        execute %7$L using new;
      end if;
    end if;
  elsif tg_op = 'UPDATE' then
    if row(%5$s)::record *= row(%6$s)::record then
      return null;
    end if;
    insert into embedd.outbox (capture_id, kind, key)
    select %3$s, 'k', k from (select %8$s union select %4$s) keys (k);
  elsif tg_op = 'INSERT' then
    insert into embedd.outbox (capture_id, kind, key) values (%3$s, 'k', %4$s);
  elsif tg_op = 'DELETE' then
    insert into embedd.outbox (capture_id, kind, key) values (%3$s, 'k', %8$s);$body$;
  else
    v_key_types := v_key_types || array(
      select t.oid from embedd.capture_columns(p_capture_id) c join pg_type t on t.oid = c.type
       where c.name = any (v_key) and t.typbasetype = any (v_key_types));
    v_fits := format('attname = any (%L) and (attname <> all (%L) or atttypid = any (%L))', v_columns, v_key, v_key_types);
    -- A few keys go as they are, many of one statement a hundred to a row: that is what costs each of them least.
    v_queued := $keys$
    if exists (select from %1$s offset 20) then
      insert into embedd.outbox (capture_id, kind, keys)
      select %2$s, 'k', array_agg(k) from (select k, row_number() over () / 100 as part from (%3$s) changed (k)) parts group by part;
    else
      insert into embedd.outbox (capture_id, kind, key) select %2$s, 'k', k from (%3$s) changed (k);
    end if;$keys$;
    -- The full join pairs old and new by key, so a changed key shows as one row gone and one row new.
    v_events := $body$
    insert into embedd.outbox (capture_id, kind) values (%3$s, 'R');
  elsif tg_op = 'UPDATE' then$body$ || format(v_queued, 'new_rows', '%3$s', $keys$
        select coalesce(%4$s, %8$s) from old_rows o full join new_rows n on %9$s
         where o.%10$I is null or n.%10$I is null or row(%5$s)::record *<> row(%6$s)::record$keys$) || $body$
  elsif tg_op = 'INSERT' then$body$ || format(v_queued, 'new_rows', '%3$s', 'select %4$s from new_rows n') || $body$
  elsif tg_op = 'DELETE' then$body$ || format(v_queued, 'old_rows', '%3$s', 'select %8$s from old_rows o');
  end if;
  v_events := format(v_events, cardinality(v_columns), v_columns, p_capture_id, v_key_new,
    (select string_agg(format('%s.%I', v_old, name), ', ') from embedd.capture_columns(p_capture_id) where compared),
    (select string_agg(format('%s.%I', v_new, name), ', ') from embedd.capture_columns(p_capture_id) where compared),
    format('insert into embedd.outbox (capture_id, kind, key) values (%s, ''k'', %s)', p_capture_id, embedd.key_text('($1)', v_key)),
    v_key_old, (select string_agg(format('o.%1$I = n.%1$I', name), ' and ') from unnest(v_key) name), v_key[1]);

  execute format($function$
create or replace function %s() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as %L;
revoke all on function %1$s() from public$function$, v_name, format($body$
#variable_conflict use_column
declare
  v_rows bigint;
begin
  if tg_op = 'TRUNCATE' then
    insert into embedd.outbox (capture_id, kind) values (%s, 'T');
  elsif %s <> (select count(*) from pg_attribute where attrelid = tg_relid and %s and not attisdropped) then%s
  end if;
  get diagnostics v_rows = row_count;
  if v_rows > 0 and (select armed and enabled from embedd.doorbell) then
    perform pg_notify('embedd', '');
  end if;
  return null;
end
$body$, p_capture_id, cardinality(v_columns), v_fits, v_events));

  -- It belongs to who owns the schema; in place of a superuser, to a role that can do nothing else.
  select case when r.rolsuper then 'embedd_capture' else r.rolname end into v_owner
    from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = 'embedd';
  if exists (select from pg_roles where rolname = v_owner and rolname <> current_user and pg_has_role(oid, 'member')) then
    execute format('alter function %s() owner to %I', v_name, v_owner);
  end if;
end
$generate$;

-- Starts to watch a source table; returns the capture's id. One capture serves every vector table on the same table and key,
-- its tracked columns only grow here. Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE; it waits for running writers and
-- later ones queue behind it, so it gives all locks back after 2 s and tries again instead of standing in the way.
create or replace function embedd.install_capture(p_table regclass, p_key text[], p_columns text[]) returns int
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id int;
  v_row_level boolean := embedd.needs_row_triggers(p_table);
  v_relation regclass;
  v_until timestamptz;
  v_previous_timeout text := current_setting('lock_timeout');
begin
  loop
    select id into v_id from embedd.captures where source_table = p_table and key_columns = p_key for update;
    if found then
      update embedd.captures set tracked_columns = array(select distinct unnest(tracked_columns || p_columns) order by 1)
       where id = v_id and not tracked_columns @> p_columns;
      perform embedd.generate_capture(v_id);
      return v_id;
    end if;
    -- Nothing comes back when somebody else has just added the same one.
    insert into embedd.captures (source_table, key_columns, tracked_columns, row_level)
    values (p_table, p_key, p_columns, v_row_level)
    on conflict do nothing returning id into v_id;
    exit when found;
  end loop;

  perform embedd.generate_capture(v_id);
  for v_try in 1..10 loop
    begin
      v_until := clock_timestamp() + interval '2 s';
      for v_relation in select relation from embedd.capture_relations(p_table) loop
        perform set_config('lock_timeout', greatest(1, extract(epoch from v_until - clock_timestamp()) * 1000)::int::text, true);
        perform embedd.create_capture_triggers(v_relation, v_id, v_row_level, v_relation = p_table);
      end loop;
      perform set_config('lock_timeout', v_previous_timeout, true);
      return v_id;
    exception when lock_not_available then
      perform pg_sleep(0.2 * v_try);
    end;
  end loop;
  raise exception using errcode = 'EBP02',
    message = format('Could not lock %s to create its triggers: long transactions are writing to it.', p_table),
    hint = 'Try again when those transactions have ended; pg_stat_activity shows them.';
end
$$;

-- Whether a state has every trigger: on each table one for rows or three for statements, and the one for truncate.
create or replace function embedd.is_capture_whole(p_capture_id int, p_state jsonb) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) filter (where key like 'trigger %') = count(*) filter (where key like 'table %') * case when c.row_level then 2 else 4 end
    from embedd.captures c left join jsonb_object_keys(p_state) key on true where c.id = p_capture_id group by c.row_level
$$;

-- SQL for the key of a row as one text, null where a part is: the text of its only column, or a JSON array of the texts
-- of several, without blanks. One text for each key, the same bytes as Key in embedd_pg/sources/key.py makes.
create or replace function embedd.key_text(p_row text, p_key text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when cardinality(p_key) = 1 then format('%s.%I::text', p_row, p_key[1]) else
    format('''['' || %s || '']''', string_agg(format('to_json(%s.%I::text)::text', p_row, name), ' || '','' || ' order by place)) end
    from unnest(p_key) with ordinality k (name, place)
$$;

-- Statement triggers on one table of a tree miss changes aimed at another; replication applies fire row triggers only.
create or replace function embedd.needs_row_triggers(p_table regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select c.relkind = 'p' or c.relispartition
         or exists (select from pg_inherits where p_table in (inhrelid, inhparent))
         or exists (select from pg_subscription_rel where srrelid = p_table)
    from pg_class c where c.oid = p_table
$$;

-- Called over a connection: some events, p_limit keys or a few more unless there are fewer, with the places they lie at.
-- Nothing is taken: clear_outbox() does that, once they are safe. p_from saves looking at what is gone: ids below it may
-- still commit, so somebody has to come back. oldest: transactions before it had ended before this look; newest: those from it
-- on began after.
create or replace function embedd.read_outbox(p_installation uuid, p_limit int, p_from bigint default 0) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform embedd.check_consumer(p_installation, false);
  return (
    with first_rows as (
      select o.ctid as place, o.id, o.capture_id, o.kind, coalesce(o.keys, array[o.key]) as keys
        from embedd.outbox o where o.id >= p_from limit p_limit
    ), counted as (
      select f.*, sum(cardinality(f.keys)) over (rows unbounded preceding) as total from first_rows f
    )
    select jsonb_build_object(
      'line', (select line from embedd.consumer), 'oldest', pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 'newest', pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
      'events', coalesce(jsonb_agg(jsonb_build_array(place, id, capture_id, kind, keys)), '[]'))
      from counted where total - cardinality(keys) < p_limit);
end
$$;
comment on function embedd.read_outbox(uuid, int, bigint) is 'Called over a connection: events of the outbox, which stay there.';

-- Stops watching: drops the triggers wherever they are, the function and the row. Doing it twice changes nothing.
-- Locks: DROP TRIGGER takes ACCESS EXCLUSIVE, which even readers queue behind, so it waits as install_capture() does.
-- Events that an ingest holds at the moment are left to it.
create or replace function embedd.remove_capture(p_capture_id int) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass := (select source_table from embedd.captures where id = p_capture_id);
  v_trigger record;
  v_until timestamptz;
  v_previous_timeout text := current_setting('lock_timeout');
begin
  for v_try in 1..10 loop
    begin
      v_until := clock_timestamp() + interval '2 s';
      for v_trigger in
        select t.tgrelid::regclass as relation, t.tgname
          from pg_trigger t
         where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', p_capture_id)) and t.tgparentid = 0
         order by t.tgrelid <> v_table, t.tgrelid
      loop
        perform set_config('lock_timeout', greatest(1, extract(epoch from v_until - clock_timestamp()) * 1000)::int::text, true);
        execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
      end loop;
      perform set_config('lock_timeout', v_previous_timeout, true);
      execute format('drop function if exists embedd.capture_%s()', p_capture_id);
      delete from embedd.outbox
       where ctid = any (array(select ctid from embedd.outbox where capture_id = p_capture_id for update skip locked));
      delete from embedd.captures where id = p_capture_id;
      return;
    exception
      when lock_not_available then
        perform pg_sleep(0.2 * v_try);
      when insufficient_privilege then
        raise exception using errcode = 'EBP02',
          message = format('The role %s may not drop the triggers on %s: it does not own the table.', current_user, v_table),
          hint = format('Call this as the owner of the table, or: grant %s to %I',
                        (select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = v_table), current_user);
    end;
  end loop;
  raise exception using errcode = 'EBP02',
    message = format('Could not lock %s to drop its triggers: long transactions are using it.', v_table),
    hint = 'Try again when those transactions have ended; pg_stat_activity shows them.';
end
$$;

-- Brings function and triggers of a capture to what an installation today would make, and drops triggers from tables that
-- are no longer part of it. Returns null, or why it was not possible; then nothing was changed. Waits at most 2 s for locks.
create or replace function embedd.repair_capture(p_capture_id int) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_capture embedd.captures := (select c from embedd.captures c where c.id = p_capture_id);
  v_row_level boolean := embedd.needs_row_triggers(v_capture.source_table);
  v_previous_timeout text := current_setting('lock_timeout');
  v_trigger record;
  v_relation regclass;
begin
  if not exists (select from pg_class where oid = v_capture.source_table) then
    return null;
  end if;
  perform set_config('lock_timeout', '2s', true);
  -- Triggers of the other kind, and those on tables that left the tree. Clones go with what they are clones of.
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname from pg_trigger t
     where t.tgfoid = to_regprocedure(format('embedd.capture_%s()', p_capture_id)) and t.tgparentid = 0
       and (v_row_level <> v_capture.row_level or t.tgrelid not in (select relation from embedd.capture_relations(v_capture.source_table)))
     order by t.tgrelid
  loop
    execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
  end loop;
  update embedd.captures set row_level = v_row_level where id = p_capture_id and row_level <> v_row_level;
  perform embedd.generate_capture(p_capture_id);
  for v_relation in select relation from embedd.capture_relations(v_capture.source_table) loop
    perform embedd.create_capture_triggers(v_relation, p_capture_id, v_row_level, v_relation = v_capture.source_table);
  end loop;
  perform set_config('lock_timeout', v_previous_timeout, true);
  return null;
exception
  when lock_not_available then
    return 'Long transactions are using the table; it is tried again.';
  when insufficient_privilege then
    return format('The role %s may not change triggers there: grant it the role that owns the table, or call select embedd.audit_capture(%s) as that role.',
                  current_user, p_capture_id);
end
$$;

-- The environment of this transaction: an id from the setting embedd.environment, else the organization's prod.
create or replace function embedd.acting_environment() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd.resolve_environment(coalesce(nullif(current_setting('embedd.environment', true), ''), 'prod'))
$$;

-- Who acts stands in transaction settings that the gateway sets; psql users are the self-hosted organization.
create or replace function embedd.acting_organization() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('embedd.organization', true), ''), 'org_self_hosted')
$$;

-- The role of the acting user in the acting organization; null for a user who is not in it.
create or replace function embedd.acting_role() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select role from embedd.users where id = embedd.acting_user() and organization_id = embedd.acting_organization()
$$;

-- The user of this transaction: from the setting embedd.user, else the organization's owner.
create or replace function embedd.acting_user() returns uuid
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('embedd.user', true), '')::uuid,
                  (select id from embedd.users
                    where organization_id = embedd.acting_organization() and role = 'owner'
                    order by created_at limit 1))
$$;

-- The rules for a new user, whoever makes it; returns its id.
create or replace function embedd.add_user(p_organization text, p_name text, p_role text) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  if p_name is null or length(btrim(p_name)) = 0 or length(p_name) > 200 then
    raise exception using errcode = 'EBV01', message = 'The name of a user must have 1 to 200 characters.',
      hint = 'Give the user a name.';
  end if;
  if p_role is null or p_role not in ('owner', 'admin', 'member') then
    raise exception using errcode = 'EBV01', message = 'role must be owner, admin or member.', hint = 'Choose one of them.';
  end if;
  insert into embedd.users (organization_id, name, role) values (p_organization, p_name, p_role)
  on conflict (organization_id, name) do nothing returning id into v_id;
  if v_id is null then
    raise exception using errcode = 'EBC05', message = format('A user named %s already exists.', quote_literal(p_name)),
      hint = 'Choose another name.';
  end if;
  return v_id;
end
$$;

-- Whose key this is; no row when nobody's. The caller compares the digest again in constant time. The tier's requests
-- per minute come along, so that an organization without that limit costs no further look into the database.
create or replace function embedd.authenticate(p_digest bytea)
returns table (id text, digest bytea, organization_id text, user_id uuid, permission text, revoked_at timestamptz, status text,
               requests_per_minute int)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select k.id, k.digest, k.organization_id, k.user_id, k.permission, k.revoked_at, o.status, l.requests_per_minute
    from embedd.api_keys k join embedd.organizations o on o.id = k.organization_id
   cross join embedd.tier_limits(o.tier) l
   where k.digest = p_digest
$$;

-- The rule for names of connections, embedders and vector tables. SQL addresses things by name, so it refuses a
-- name in use; REST addresses by id and passes p_taken false.
create or replace function embedd.check_name(p_name text, p_noun text, p_taken boolean) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_name is null or length(btrim(p_name)) = 0 or length(p_name) > 100 then
    raise exception using errcode = 'EBV01', message = 'name must have 1 to 100 characters.',
      hint = format('Give the %s a name.', p_noun);
  end if;
  if p_taken then
    raise exception using errcode = 'EBC05',
      message = format('%s %s named %s already exists.', case when p_noun ~ '^[aeiou]' then 'An' else 'A' end, p_noun, quote_literal(p_name)),
      hint = 'Choose another name, or drop the existing one first.';
  end if;
end
$$;

-- Refuses one more managed vector table when the organization has as many as its tier allows, over all environments.
-- For a limited tier the organization's row stays locked until the transaction ends, so that two at once cannot both
-- take the last place. Call it before inserting a managed vector table.
create or replace function embedd.check_table_quota() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization text := embedd.acting_organization();
  v_tier text;
  v_limit int;
begin
  select o.tier, l.max_tables into v_tier, v_limit
    from embedd.organizations o, embedd.tier_limits(o.tier) l where o.id = v_organization;
  if v_limit is null then
    return;
  end if;
  perform from embedd.organizations where id = v_organization for no key update;
  if (select count(*) from embedd.vector_tables
       where organization_id = v_organization and mode = 'managed' and dropped_at is null) >= v_limit then
    raise exception using errcode = 'EBP03',
      message = format('The tier %s allows %s managed vector tables, and there are as many.', v_tier, v_limit),
      hint = 'Delete a vector table, use platform mode, or move to a larger tier.';
  end if;
end
$$;

-- The rule for the name of a tier.
create or replace function embedd.check_tier(p_tier text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from embedd.tier_limits(p_tier)) then
    raise exception using errcode = 'EBV01', message = 'tier must be free, pro, business or enterprise.',
      hint = 'Choose one of them.';
  end if;
end
$$;

-- Stores a key that the caller made: only its digest and first characters. It acts as the acting user, with the role
-- that user has at the time of each request. Returns the key's id.
create or replace function embedd.create_api_key(name text, digest bytea, key_prefix text, permission text default 'full')
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  if create_api_key.name is null or length(btrim(create_api_key.name)) not between 1 and 100 then
    raise exception using errcode = 'EBV01', message = 'name must have 1 to 100 characters.', hint = 'Give the key a name.';
  end if;
  if create_api_key.permission is null or create_api_key.permission not in ('full', 'read_only') then
    raise exception using errcode = 'EBV01', message = 'permission must be full or read_only.', hint = 'Choose one of them.';
  end if;
  if create_api_key.digest is null or length(create_api_key.digest) <> 32
     or create_api_key.key_prefix is null or length(create_api_key.key_prefix) <> 12 then
    raise exception using errcode = 'EBV01', message = 'digest must be a SHA-256 and key_prefix the first 12 characters of the key.',
      hint = 'The command embedd keys create makes a key and stores it.';
  end if;
  if embedd.acting_role() is null then
    raise exception using errcode = 'EBN08', message = 'The acting user is not in this organization.',
      hint = 'Check the settings embedd.organization and embedd.user.';
  end if;
  insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix, permission)
  values (embedd.acting_organization(), embedd.acting_user(), create_api_key.name, create_api_key.digest,
          create_api_key.key_prefix, create_api_key.permission)
  returning id into v_id;
  return v_id;
end
$$;
comment on function embedd.create_api_key(text, bytea, text, text) is 'Stores the SHA-256 of an API key; returns the key''s id.';

-- A place of its own inside the organization: what is in one environment does not exist in another. Returns its id.
create or replace function embedd.create_environment(name text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text;
begin
  if create_environment.name is null or create_environment.name !~ '^[a-z0-9_-]{1,50}$' then
    raise exception using errcode = 'EBV01',
      message = 'name must have 1 to 50 characters: lower-case letters, digits, - and _.', hint = 'For example staging.';
  end if;
  insert into embedd.environments (organization_id, name)
  values (embedd.resolve_organization(embedd.acting_organization()), create_environment.name)
  on conflict (organization_id, name) do nothing returning id into v_id;
  perform embedd.check_name(create_environment.name, 'environment', v_id is null);
  return v_id;
end
$$;
comment on function embedd.create_environment(text) is 'Makes an environment in the organization; returns its id.';

-- A new tenant with its owner and the environment prod; returns its id. Names are unique over all organizations.
create or replace function embedd.create_organization(name text, tier text default 'free', owner_name text default 'owner')
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text;
begin
  perform embedd.check_name(create_organization.name, 'organization',
    exists (select from embedd.organizations o where o.name = create_organization.name));
  perform embedd.check_tier(create_organization.tier);
  insert into embedd.organizations (name, tier) values (create_organization.name, create_organization.tier)
  on conflict do nothing returning id into v_id;
  perform embedd.check_name(create_organization.name, 'organization', v_id is null);
  perform embedd.add_user(v_id, create_organization.owner_name, 'owner');
  insert into embedd.environments (organization_id, name) values (v_id, 'prod');
  return v_id;
end
$$;
comment on function embedd.create_organization(text, text, text) is
  'Makes an organization with its owner and the environment prod; returns its id.';

-- A user of the acting organization; returns its id. Keys made for it act with its role.
create or replace function embedd.create_user(name text, role text default 'member') returns uuid
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd.add_user(embedd.resolve_organization(embedd.acting_organization()), create_user.name, create_user.role)
$$;
comment on function embedd.create_user(text, text) is 'Makes a user (owner, admin or member) of the organization; returns its id.';

-- Removes an environment and its embedders. Refused while connections or vector tables are there; also while a worker
-- is still removing the vectors of dropped ones. Its row is locked first, so that nothing new can slip in meanwhile.
create or replace function embedd.delete_environment(environment text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_environment(delete_environment.environment);
  v_tables int;
  v_dropped int;
  v_connections int;
begin
  perform from embedd.environments where id = v_id for update;
  select count(*) filter (where dropped_at is null), count(*) filter (where dropped_at is not null)
    into v_tables, v_dropped from embedd.vector_tables where environment_id = v_id;
  select count(*) into v_connections from embedd.connections where environment_id = v_id;
  if v_tables + v_dropped + v_connections > 0 then
    raise exception using errcode = 'EBC10',
      message = case when v_tables + v_connections > 0
        then format('The environment still holds %s connections and %s vector tables.', v_connections, v_tables)
        else 'The vectors of dropped vector tables are still being removed from the environment.' end,
      hint = case when v_tables + v_connections > 0 then 'Delete them first.' else 'Try again in a moment; a worker must be running.' end;
  end if;
  delete from embedd.embedders where environment_id = v_id;
  delete from embedd.environments where id = v_id;
end
$$;
comment on function embedd.delete_environment(text) is 'Removes an environment without connections and vector tables, and its embedders.';

-- One API key by id, as the list shows it.
create or replace function embedd.get_api_key(api_key text)
returns table (id text, org_id text, name text, key_prefix text, permission text, created_by uuid,
               created_at timestamptz, revoked_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query select * from embedd.list_api_keys() k where k.id = api_key;
  if not found then
    raise exception using errcode = 'EBN06', message = format('There is no API key %s.', api_key),
      hint = 'List the API keys to see which exist.';
  end if;
end
$$;
comment on function embedd.get_api_key(text) is 'One API key by id, without the key itself.';

-- One environment of the organization, by name or id.
create or replace function embedd.get_environment(environment text)
returns table (id text, org_id text, name text, created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_environment(environment);
begin
  return query select e.* from embedd.list_environments() e where e.id = v_id;
end
$$;
comment on function embedd.get_environment(text) is 'One environment of the organization, by name or id.';

-- Whether the acting user holds <OPERATION>_EMBEDDER_<SCOPE>: owners and admins ANY and OWN, members OWN, nobody else
-- anything. The one place that says which role may do what to things that have an owner.
create or replace function embedd.has_permission(p_operation text, p_scope text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_operation is null or p_operation not in ('create', 'read', 'list', 'update', 'delete')
     or p_scope is null or p_scope not in ('own', 'any') then
    raise exception 'has_permission knows no % %', p_operation, p_scope;
  end if;
  return case embedd.acting_role()
    when 'owner' then true
    when 'admin' then true
    when 'member' then p_scope = 'own'
    else false
  end;
end
$$;

-- The organization's keys, revoked ones included, oldest first, after a given one. Who may not see those of others sees
-- their own.
create or replace function embedd.list_api_keys(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, name text, key_prefix text, permission text, created_by uuid,
               created_at timestamptz, revoked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, key_prefix, permission, user_id, created_at, revoked_at
    from embedd.api_keys
   where organization_id = embedd.acting_organization() and (created_at, id) > (after_created_at, after_id)
     and ((select embedd.has_permission('list', 'any')) or user_id = (select embedd.acting_user()))
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_api_keys(int, timestamptz, text) is
  'API keys of the organization that the user may see, without the keys themselves, oldest first.';

-- The organization's latest entries of the audit log, newest first.
create or replace function embedd.list_audit("limit" int default 100)
returns table (at timestamptz, user_id uuid, key_id text, operation text, target text, result text, address text, request_id text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select at, user_id, key_id, operation, target, result, address, request_id from embedd.audit_log
   where organization_id = embedd.acting_organization() order by id desc limit "limit"
$$;
comment on function embedd.list_audit(int) is 'Who changed what through the REST API, newest first.';

-- The organization's environments, oldest first, after a given one.
create or replace function embedd.list_environments(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, name text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, created_at from embedd.environments
   where organization_id = embedd.acting_organization() and (created_at, id) > (after_created_at, after_id)
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_environments(int, timestamptz, text) is 'Environments of the organization, oldest first.';

-- All organizations, oldest first: for the operator.
create or replace function embedd.list_organizations()
returns table (id text, name text, status text, tier text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, name, status, tier, created_at from embedd.organizations order by created_at, id
$$;
comment on function embedd.list_organizations() is 'All organizations, oldest first.';

-- Every sealed credential with its place, of all organizations: for rotation, by an operator who holds the keys.
create or replace function embedd.list_sealed()
returns table (kind text, id text, organization_id text, envelope jsonb, form text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select 'connections', id, organization_id, password, 'password' from embedd.connections where password is not null
  union all
  select 'embedders', public_id, organization_id, credentials, credentials_form from embedd.embedders where credentials is not null
  order by 1, 2
$$;

-- The organization's users, oldest first.
create or replace function embedd.list_users()
returns table (id uuid, org_id text, name text, role text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, name, role, created_at from embedd.users
   where organization_id = embedd.acting_organization() order by created_at, name
$$;
comment on function embedd.list_users() is 'Users of the organization, oldest first.';

-- The one id that a name or id given by a user means; says so when there is none or more than one.
-- Names are labels and may repeat (REST allows it), ids never do.
-- Callers keep the id in a variable: in a WHERE clause this would run once a row, and never where there is no row.
create or replace function embedd.pick_one(p_ids text[], p_reference text, p_noun text, p_errcode text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_reference = any (p_ids) then
    return p_reference;
  end if;
  if cardinality(p_ids) = 1 then
    return p_ids[1];
  end if;
  if cardinality(p_ids) > 1 then
    raise exception using errcode = 'EBV01',
      message = format('%s %ss are named %s: %s.', cardinality(p_ids), p_noun, quote_literal(p_reference), array_to_string(p_ids, ', ')),
      hint = 'Name the one you mean by its id.';
  end if;
  raise exception using errcode = p_errcode,
    message = format('There is no %s %s in this environment.', p_noun, coalesce(quote_literal(p_reference), 'null')),
    hint = format('List the %ss to see which exist; name one by its name or id.', p_noun);
end
$$;

-- Adds an entry about the acting user's request to the audit log.
create or replace function embedd.record_audit(
  p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.audit_log (organization_id, user_id, key_id, operation, target, result, address, request_id)
  values (embedd.acting_organization(), embedd.acting_user(), p_key_id, p_operation, p_target, p_result, p_address, p_request_id)
$$;

-- Entries of the audit log are added, never changed: also not by the owner of the schema or a superuser by mistake.
create or replace function embedd.refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = '42501', message = 'Entries of embedd.audit_log are added, never changed or removed.',
    hint = 'Read them with embedd.list_audit().';
end
$$;
do $$
begin
  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.audit_log'::pg_catalog.regclass and tgname = 'audit_log_append_only') then
    create trigger audit_log_append_only before update or delete or truncate on embedd.audit_log
      for each statement execute function embedd.refuse_audit_change();
    alter table embedd.audit_log enable always trigger audit_log_append_only;
  end if;
end
$$;

-- Puts a newly sealed credential in place of the one it was opened from; false when that one is no longer there.
create or replace function embedd.replace_sealed(p_kind text, p_id text, p_old jsonb, p_new jsonb, p_fingerprint bytea default null)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  if p_kind = 'connections' then
    update embedd.connections set password = p_new where id = p_id and password = p_old;
    return found;
  end if;
  select * into v_embedder from embedd.embedders where public_id = p_id and credentials = p_old for update;
  if not found then
    return false;
  end if;
  v_embedder.fingerprint := p_fingerprint;
  update embedd.embedders
     set credentials = p_new, fingerprint = p_fingerprint,
         duplicate_key = case when duplicate_key is not null then embedd.embedder_duplicate_key(v_embedder) end
   where public_id = p_id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_embedder.id;
  return true;
end
$$;

-- Refuses the acting user who may not do this to what p_owner owns: one's own needs OWN, another's needs ANY.
create or replace function embedd.require_permission(p_operation text, p_owner uuid) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_owner is not distinct from embedd.acting_user() and embedd.has_permission(p_operation, 'own') then
    return;
  end if;
  if not embedd.has_permission(p_operation, 'any') then
    raise exception using errcode = 'EBP04',
      message = format('The permission %s_EMBEDDER_%s is needed and your role does not hold it.', upper(p_operation),
                       case when p_owner is not distinct from embedd.acting_user() then 'OWN' else 'ANY' end),
      hint = 'Ask an owner or admin of the organization, or use a key of the owner of this embedder.';
  end if;
end
$$;

-- The id of an environment of the acting organization, given by name or id.
create or replace function embedd.resolve_environment(p_environment text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  select id into v_id from embedd.environments
   where organization_id = embedd.acting_organization() and p_environment in (id, name)
   order by id = p_environment desc limit 1;
  if not found then
    raise exception using errcode = 'EBN01', message = format('There is no environment %s.', coalesce(p_environment, 'null')),
      hint = 'Check the X-Environment-Id header or the setting embedd.environment.';
  end if;
  return v_id;
end
$$;

-- The id of an organization given by name or id. Organizations are the operator's: whoever acts in SQL sees them all.
create or replace function embedd.resolve_organization(p_organization text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  select id into v_id from embedd.organizations where p_organization in (id, name) order by id = p_organization desc limit 1;
  if not found then
    raise exception using errcode = 'EBN07',
      message = format('There is no organization %s.', coalesce(quote_literal(p_organization), 'null')),
      hint = 'List the organizations to see which exist; name one by its name or id.';
  end if;
  return v_id;
end
$$;

-- The id of a user of the acting organization, given by name or id.
create or replace function embedd.resolve_user(p_user text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  select id into v_id from embedd.users
   where organization_id = embedd.acting_organization() and p_user in (id::text, name)
   order by id::text = p_user desc limit 1;
  if not found then
    raise exception using errcode = 'EBN08',
      message = format('There is no user %s in this organization.', coalesce(quote_literal(p_user), 'null')),
      hint = 'List the users to see which exist; name one by its name or id.';
  end if;
  return v_id;
end
$$;

-- Effective at once: every request looks its key up. Revoking twice changes nothing. Owners and admins revoke any key of
-- the organization, members their own; another's does not exist for them, here as in the list.
create or replace function embedd.revoke_api_key(api_key text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.api_keys set revoked_at = coalesce(revoked_at, now())
   where id = api_key and organization_id = embedd.acting_organization()
     and (user_id = embedd.acting_user() or embedd.has_permission('delete', 'any'));
  if not found then
    raise exception using errcode = 'EBN06', message = format('There is no API key %s.', api_key),
      hint = 'List the API keys to see which exist.';
  end if;
end
$$;
comment on function embedd.revoke_api_key(text) is 'Revokes an API key at once; it stays listed.';

-- Moves an organization to another tier, in force with its next request; what it has beyond the new limits stays.
create or replace function embedd.set_tier(organization text, tier text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform embedd.check_tier(set_tier.tier);
  update embedd.organizations set tier = set_tier.tier where id = embedd.resolve_organization(set_tier.organization);
end
$$;
comment on function embedd.set_tier(text, text) is 'Moves an organization to the tier free, pro, business or enterprise.';

-- Counts one request of an organization and says whether it is within p_limit per minute. A sliding window of two
-- one-minute buckets: those of the minute before count by the part of it that lies less than a minute back. Refused
-- requests are not counted, so that who keeps asking is served again in time. One statement, and the row's lock puts
-- the requests of all API processes in order; a clock behind the row's is taken to be at the start of its minute. (1e-6: a wait that ends on the second must end there.)
create or replace function embedd.take_request(
  p_organization_id text, p_limit int, p_at timestamptz default clock_timestamp())
returns table (admitted boolean, remaining int, reset_at bigint, wait_seconds int)
language sql set search_path = pg_catalog, pg_temp
as $$
  with clock as materialized (
    select extract(epoch from p_at)::double precision as epoch, floor(extract(epoch from p_at) / 60)::bigint as minute
  ), counted as (
    insert into embedd.request_counts as c (organization_id, minute, current, previous, admitted)
    select p_organization_id, minute, 1, 0, true from clock
    on conflict (organization_id) do update set (minute, current, previous, admitted) = (
      select n.minute, n.current + n.fits::int, n.previous, n.fits
        from (select m.minute, m.current, m.previous, m.previous * (1 - m.elapsed) + m.current + 1 <= p_limit + 1e-6 as fits
                from (select greatest(c.minute, excluded.minute) as minute,
                             case when c.minute >= excluded.minute then c.current else 0 end as current,
                             case when c.minute >= excluded.minute then c.previous
                                  when c.minute = excluded.minute - 1 then c.current else 0 end as previous,
                             case when c.minute > excluded.minute then 0
                                  else extract(epoch from p_at)::double precision / 60 - excluded.minute end as elapsed) m) n)
    returning *
  ), judged as (
    select k.*, t.epoch, greatest(0, t.epoch / 60 - k.minute) as elapsed from counted k, clock t
  ), waiting as (
    -- How far into this minute, or past it into the next, one more will fit.
    select j.*, case when j.current < p_limit then 1 - (p_limit - 1 - j.current) / nullif(j.previous, 0)::double precision
                     else 2 - (p_limit - 1) / nullif(j.current, 0)::double precision end as fits_at
      from judged j
  )
  select w.admitted,
         case when w.admitted then greatest(0, floor(p_limit - w.current - w.previous * (1 - w.elapsed)))::int else 0 end,
         case when w.admitted then (w.minute + 1) * 60 else ceil(w.epoch)::bigint + greatest(1, ceil((w.fits_at - w.elapsed) * 60))::bigint end,
         case when w.admitted then 0 else greatest(1, ceil((w.fits_at - w.elapsed) * 60))::int end
    from waiting w
$$;

-- What a tier allows; null is no limit. No row for a tier that does not exist.
create or replace function embedd.tier_limits(tier text)
returns table (max_tables int, max_vectors bigint, requests_per_minute int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select l.max_tables, l.max_vectors, l.requests_per_minute
    from (values ('free', 3, 100000::bigint, 25), ('pro', 5, 500000, 300), ('business', 25, 5000000, 1000),
                 ('enterprise', null, null, null)) as l (name, max_tables, max_vectors, requests_per_minute)
   where l.name = tier_limits.tier
$$;
comment on function embedd.tier_limits(text) is 'Managed tables, managed vectors and requests per minute of a tier; null is no limit.';

-- How many more vectors the organization's managed tables may hold, never below 0; null is no limit. It counts the
-- rows the stores hold, as sync_status() does, so do not call it for every row.
create or replace function embedd.vector_budget() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when l.max_vectors is not null then greatest(0, l.max_vectors - (
           select count(*) from embedd.row_states r
             join embedd.generations g on g.id = r.generation_id and g.state = 'active'
             join embedd.vector_tables v on v.id = g.vector_table_id
            where v.organization_id = o.id and v.mode = 'managed' and v.dropped_at is null)) end
    from embedd.organizations o, embedd.tier_limits(o.tier) l where o.id = embedd.acting_organization()
$$;
comment on function embedd.vector_budget() is 'How many more vectors the tier allows; null is no limit.';

-- The installed schema version: the number of migrations of each line, as control.capture.
create or replace function embedd.version() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select format('%s.%s', max(number) filter (where line = 'control'), max(number) filter (where line = 'capture'))
    from embedd.migrations
$$;
comment on function embedd.version() is 'Installed schema version, control.capture.';

-- The rules for how a source database is reached. A host that is no plain name or address could redirect the driver.
create or replace function embedd.check_address(p_host text, p_port int, p_database text, p_username text, p_ssl_mode text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_host is null or p_host !~ '^[A-Za-z0-9_.:-]{1,253}$' then
    raise exception using errcode = 'EBV01', message = 'credentials.host must be a host name or an IP address.',
      hint = 'Give one host, without path, scheme, port or list.';
  end if;
  if p_port is null or p_port not between 1 and 65535 then
    raise exception using errcode = 'EBV01', message = 'credentials.port must be between 1 and 65535.', hint = 'PostgreSQL uses 5432.';
  end if;
  if coalesce(p_database, '') = '' or coalesce(p_username, '') = '' then
    raise exception using errcode = 'EBV01', message = 'credentials.database and credentials.user must not be empty.',
      hint = 'Name the database and the role to connect as.';
  end if;
  if p_ssl_mode is null
     or p_ssl_mode not in ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full') then
    raise exception using errcode = 'EBV01', message = 'credentials.ssl_mode is not one PostgreSQL knows.',
      hint = 'Use disable, allow, prefer, require, verify-ca or verify-full.';
  end if;
end
$$;

-- How to open a connection, password envelope included: for the service alone, which holds the key.
create or replace function embedd.connection_secret(p_connection_id text)
returns table (id text, organization_id text, host text, port int, database text, username text, password jsonb,
               ssl_mode text, capture text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, host, port, database, username, password, ssl_mode, capture
    from embedd.connections where id = p_connection_id
$$;

-- Stores how to reach a source database; reaching it is the connection test's job. The password comes encrypted
-- (or not at all).
create or replace function embedd.create_connection(
  name text, mode text, host text, database text, username text, password jsonb default null, port int default 5432,
  ssl_mode text default 'prefer', id text default null, allow_duplicate_name boolean default false)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_environment text := embedd.acting_environment();
  v_id text := coalesce(create_connection.id, 'conn_' || replace(gen_random_uuid()::text, '-', ''));
begin
  perform embedd.check_name(create_connection.name, 'connection',
    not allow_duplicate_name and exists (select from embedd.connections c
      where c.environment_id = v_environment and c.name = create_connection.name));
  if create_connection.mode is null or create_connection.mode not in ('managed', 'platform') then
    raise exception using errcode = 'EBV01', message = 'mode must be managed or platform.',
      hint = 'managed keeps vectors in our store, platform in the source database.';
  end if;
  perform embedd.check_address(create_connection.host, create_connection.port, create_connection.database,
                               create_connection.username, create_connection.ssl_mode);
  insert into embedd.connections (id, organization_id, environment_id, name, mode, host, port, database, username,
                                  password, ssl_mode, created_by)
  values (v_id, embedd.acting_organization(), v_environment, create_connection.name, create_connection.mode,
          create_connection.host, create_connection.port, create_connection.database, create_connection.username,
          create_connection.password, create_connection.ssl_mode, embedd.acting_user());
  return v_id;
end
$$;
comment on function embedd.create_connection(text, text, text, text, text, jsonb, int, text, text, boolean) is
  'Stores how to reach a source database; returns its id. Test it before use.';

-- Removes a connection that no vector table uses; its sealed password goes with it.
create or replace function embedd.delete_connection(connection text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_connection(connection);
  v_users text;
begin
  -- Nobody can put a vector table on it meanwhile.
  perform from embedd.connections where id = v_id for update;
  select string_agg(name, ', ' order by name) into v_users from embedd.vector_tables where connection_id = v_id and dropped_at is null;
  if v_users is not null then
    raise exception using errcode = 'EBC06', message = format('Vector tables still use this connection: %s.', v_users),
      hint = 'Drop those vector tables first.';
  end if;
  if (select host is null from embedd.connections where id = v_id) then
    raise exception using errcode = 'EBC06', message = 'The connection local is this database itself and always there.',
      hint = 'There is nothing to delete.';
  end if;
  if exists (select from embedd.vector_tables where connection_id = v_id) then
    raise exception using errcode = 'EBC06', message = 'The vectors of a dropped vector table are still being removed over this connection.',
      hint = 'Try again in a moment, when a worker has removed them.';
  end if;
  delete from embedd.connections where id = v_id;
end
$$;
comment on function embedd.delete_connection(text) is 'Removes a connection that no vector table uses.';

-- One connection by name or id.
create or replace function embedd.get_connection(connection text)
returns table (id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text,
               port int, database text, "user" text, ssl_mode text, capture text, created_at timestamptz,
               last_tested_at timestamptz, last_error text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_connection(connection);
begin
  return query select * from embedd.list_connections() c where c.id = v_id;
end
$$;
comment on function embedd.get_connection(text) is 'One connection by name or id, without its password.';

-- Connections of the environment as the API shows them, oldest first, after a given one; never a password.
create or replace function embedd.list_connections(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, environment_id text, name text, provider text, mode text, status text, host text,
               port int, database text, "user" text, ssl_mode text, capture text, created_at timestamptz,
               last_tested_at timestamptz, last_error text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, environment_id, name, provider, mode, status, host, port, database, username, ssl_mode,
         capture, created_at, last_tested_at, last_error
    from embedd.connections
   where environment_id = embedd.acting_environment() and (created_at, id) > (after_created_at, after_id)
   order by created_at, id limit "limit"
$$;
comment on function embedd.list_connections(int, timestamptz, text) is 'Connections of the environment, oldest first.';

-- What a test found. p_error null: it worked, and p_capture says how changes will be noticed. Where that is otherwise than
-- before, tables are compared at once, for the next comparison may be an hour away.
create or replace function embedd.record_connection_test(p_connection_id text, p_capture text, p_error text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v set next_poll_at = now(), changed_at = now()
    from embedd.connections c where c.id = p_connection_id and v.connection_id = c.id and c.capture <> p_capture;
  update embedd.connections
     set status = case when p_error is null then 'connected' else 'failed' end,
         capture = coalesce(p_capture, capture), last_error = p_error, last_tested_at = now()
   where id = p_connection_id
$$;

-- Id of the connection a user means by name or id.
create or replace function embedd.resolve_connection(p_reference text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd.pick_one(
    array(select id from embedd.connections
           where environment_id = embedd.acting_environment() and p_reference in (id, name) order by id),
    p_reference, 'connection', 'EBN02')
$$;

-- Changes how a connection is reached; what is null stays. Credentials are replaced whole, and the connection has to be
-- tested again before new work; vector tables on it go on with the new ones.
create or replace function embedd.update_connection(
  connection text, name text default null, host text default null, port int default null, database text default null,
  username text default null, password jsonb default null, ssl_mode text default null, allow_duplicate_name boolean default false)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd.resolve_connection(connection);
  v_old embedd.connections;
begin
  select * into v_old from embedd.connections c where c.id = v_id for no key update;
  if update_connection.name is not null then
    perform embedd.check_name(update_connection.name, 'connection',
      not allow_duplicate_name and exists (select from embedd.connections c
        where c.environment_id = v_old.environment_id and c.id <> v_id and c.name = update_connection.name));
    update embedd.connections c set name = update_connection.name where c.id = v_id;
  end if;
  if coalesce(update_connection.host, update_connection.port::text, update_connection.database, update_connection.username,
              update_connection.password::text, update_connection.ssl_mode) is null then
    return v_id;
  end if;
  if v_old.host is null then
    raise exception using errcode = 'EBV01', message = format('The connection %s is this database itself and has no credentials.', v_old.name),
      hint = 'Create another connection for another database.';
  end if;
  perform embedd.check_address(
    coalesce(update_connection.host, v_old.host), coalesce(update_connection.port, v_old.port),
    coalesce(update_connection.database, v_old.database), coalesce(update_connection.username, v_old.username),
    coalesce(update_connection.ssl_mode, v_old.ssl_mode));
  update embedd.connections c
     set host = coalesce(update_connection.host, c.host), port = coalesce(update_connection.port, c.port),
         database = coalesce(update_connection.database, c.database), username = coalesce(update_connection.username, c.username),
         password = coalesce(update_connection.password, c.password), ssl_mode = coalesce(update_connection.ssl_mode, c.ssl_mode),
         status = 'created', last_error = null
   where c.id = v_id;
  -- Another database would have other triggers, or none: the next comparison sees to that.
  update embedd.vector_tables v set next_poll_at = now() where v.connection_id = v_id and v.remote_capture_id is not null;
  return v_id;
end
$$;
comment on function embedd.update_connection(text, text, text, int, text, text, jsonb, text, boolean) is
  'Changes a connection; null keeps. With new credentials it has to be tested again.';

-- An embedder with the given fields of the GoodMem face put in; absent ones stay. What is sent as it is shown is no
-- change, also where the row says it in another way (p_shown, null for a new one). Blank optional texts clear.
create or replace function embedd.apply_embedder_fields(p_embedder embedd.embedders, p_shown record, p_fields jsonb)
returns embedd.embedders
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_new embedd.embedders := p_embedder;
  v_path text := '/' || ltrim(btrim(p_fields ->> 'api_path'), '/');
begin
  v_new.name := coalesce(p_fields ->> 'display_name', v_new.name);
  if embedd.canonical_url(p_fields ->> 'endpoint_url') is distinct from p_shown.endpoint_url then
    v_new.base_url := coalesce(embedd.canonical_url(p_fields ->> 'endpoint_url'), v_new.base_url);
  end if;
  if v_path is distinct from p_shown.api_path then
    v_new.api_path := coalesce(case v_path when '/' then '/embeddings' else v_path end, v_new.api_path);
  end if;
  if p_fields ->> 'model_identifier' is distinct from p_shown.model_identifier then
    v_new.model := coalesce(p_fields ->> 'model_identifier', v_new.model);
  end if;
  if (p_fields ->> 'dimensionality')::int is distinct from p_shown.dimensionality then
    v_new.dimensionality := coalesce((p_fields ->> 'dimensionality')::int, v_new.dimensionality);
  end if;
  v_new.distribution_type := coalesce(p_fields ->> 'distribution_type', v_new.distribution_type);
  v_new.max_sequence_length := coalesce((p_fields ->> 'max_sequence_length')::int, v_new.max_sequence_length);
  if p_fields ? 'supported_modalities' then
    v_new.supported_modalities := array(
      select m.value from jsonb_array_elements_text(p_fields -> 'supported_modalities') with ordinality m (value, place)
       group by m.value order by min(m.place));
  end if;
  v_new.description := nullif(coalesce(p_fields ->> 'description', v_new.description), '');
  v_new.version := nullif(coalesce(p_fields ->> 'version', v_new.version), '');
  v_new.monitoring_endpoint := nullif(coalesce(p_fields ->> 'monitoring_endpoint', v_new.monitoring_endpoint), '');
  v_new.labels := coalesce(p_fields -> 'labels', p_fields -> 'replace_labels',
                           v_new.labels || (p_fields -> 'merge_labels'), v_new.labels);
  perform embedd.check_labels(v_new.labels);
  return v_new;
end
$$;

-- One spelling for each http(s) address: scheme and host in lower case, no default port, no trailing slash, the base
-- path as it is. Null for anything else: other schemes, user information, query, fragment, characters no URL has.
create or replace function embedd.canonical_url(p_url text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts text[] := regexp_match(p_url,
    '^([Hh][Tt][Tt][Pp][Ss]?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?(/[!$-;=@-Z\[\]_a-z|~]*)?$');
  v_scheme text := lower(v_parts[1]);
  v_port int := nullif(v_parts[3], '')::int;
begin
  if v_parts is null or length(p_url) > 2000 or v_port not between 1 and 65535 then
    return null;
  end if;
  return v_scheme || '://' || lower(v_parts[2])
    || case when v_port <> case v_scheme when 'http' then 80 else 443 end then ':' || v_port else '' end
    || rtrim(coalesce(v_parts[4], ''), '/');
end
$$;

-- The rules for an embedder's address and for where its key is, as psql users and Embedd's face give them.
create or replace function embedd.check_embedder_access(p_base_url text, p_api_key_ref text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_base_url !~ '^https?://[^/?#@[:space:]]+(/[^?#[:space:]]*)?$' then
    raise exception using errcode = 'EBV01', message = 'base_url must be an http or https address.',
      hint = 'For example http://localhost:11434/v1, without user, query or fragment.';
  end if;
  if p_api_key_ref !~ '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$' then
    raise exception using errcode = 'EBV01', message = 'api_key_ref must name where the key is, not be the key.',
      hint = 'Write env:OPENAI_API_KEY or file:/run/secrets/openai; the worker reads it there.';
  end if;
end
$$;

-- The rules for the fields of an embedder on the GoodMem face that need no look at anything stored.
-- Types and enumerations are the parser's business and the table's constraints.
create or replace function embedd.check_embedder_fields(p_fields jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_fault text := case
    when p_fields ? 'display_name' and length(btrim(p_fields ->> 'display_name')) = 0
      or length(p_fields ->> 'display_name') > 255 then 'displayName must have 1 to 255 characters.'
    when p_fields ? 'endpoint_url' and embedd.canonical_url(p_fields ->> 'endpoint_url') is null
      then 'endpointUrl must be an absolute http or https URL without user, query and fragment.'
    when p_fields ->> 'api_path' ~ '[^!-~]|[#\\]' and btrim(p_fields ->> 'api_path') <> '' or length(p_fields ->> 'api_path') > 1000
      then 'apiPath must be the path of a URL.'
    when p_fields ? 'model_identifier' and length(btrim(p_fields ->> 'model_identifier')) = 0
      or length(p_fields ->> 'model_identifier') > 500 then 'modelIdentifier must have 1 to 500 characters.'
    when (p_fields ->> 'dimensionality')::bigint not between 1 and 2147483647
      then 'dimensionality must be between 1 and 2147483647.'
    when (p_fields ->> 'max_sequence_length')::bigint not between 1 and 2147483647
      then 'maxSequenceLength must be between 1 and 2147483647.'
    when length(p_fields ->> 'description') > 10000 then 'description must have at most 10000 characters.'
    when length(p_fields ->> 'version') > 255 then 'version must have at most 255 characters.'
    when p_fields ->> 'monitoring_endpoint' <> '' and (length(p_fields ->> 'monitoring_endpoint') > 2000
      or p_fields ->> 'monitoring_endpoint' !~* '^https?://[^/?#@[:space:]]+([/?#][^[:space:]]*)?$')
      then 'monitoringEndpoint must be an http or https URL.'
    when p_fields ?& '{replace_labels,merge_labels}' then 'replaceLabels and mergeLabels exclude each other.'
  end;
begin
  if v_fault is not null then
    raise exception using errcode = 'EBV01', message = v_fault, hint = 'Correct the named field and send the request again.';
  end if;
  perform embedd.check_labels(l) from unnest(array[p_fields -> 'labels', p_fields -> 'replace_labels', p_fields -> 'merge_labels']) l
    where l is not null;
end
$$;

-- Whether an embedder can make the vectors of a vector table with this model. Returns the size of the vectors, its own
-- when none is asked for.
create or replace function embedd.check_embedder_use(p_embedder embedd.embedders, p_model text, p_dimensions int) returns int
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_own int := case when p_model = p_embedder.model then p_embedder.dimensionality end;
  v_fault text := case
    when p_embedder.distribution_type <> 'DENSE' then 'its vectors are sparse, and vector tables hold dense ones'
    when not 'TEXT' = any (p_embedder.supported_modalities) then 'it does not take text'
  end;
begin
  if p_embedder.id is null then
    raise exception using errcode = 'EBN03', message = 'The embedder was deleted.', hint = 'Name another one.';
  end if;
  if v_fault is not null then
    raise exception using errcode = 'EBV01',
      message = format('The embedder %s cannot be used here: %s.', quote_literal(p_embedder.name), v_fault),
      hint = 'Use an embedder that makes dense vectors of text.';
  end if;
  if p_dimensions <> v_own then
    raise exception using errcode = 'EBV01',
      message = format('embedding_dimensions must be %s, the dimensionality of the embedder %s.', v_own,
                       quote_literal(p_embedder.name)),
      hint = 'Leave it out, or give that number.';
  end if;
  if p_embedder.provider in ('gemini', 'voyage', 'local') and p_embedder.base_url is not null then
    -- Theirs are the protocols that no server with models of its own speaks.
    perform embedd.check_model(p_embedder.provider, p_model, null, null);
  end if;
  return embedd.check_model(p_embedder.provider, p_model, coalesce(p_dimensions, v_own), p_embedder.base_url);
end
$$;

-- The limits of labels: 64 of them, keys of 1 to 63 characters, values of up to 255.
create or replace function embedd.check_labels(p_labels jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if (select count(*) from jsonb_object_keys(p_labels)) > 64 then
    raise exception using errcode = 'EBV01', message = 'labels: at most 64 are possible.', hint = 'Leave some out.';
  end if;
  if exists (select from jsonb_object_keys(p_labels) k where k !~ '^[A-Za-z0-9._/-]{1,63}$') then
    raise exception using errcode = 'EBV01', message = 'labels: a key must have 1 to 63 characters of A-Z a-z 0-9 . _ / -',
      hint = 'Choose another key.';
  end if;
  if exists (select from jsonb_each_text(p_labels) l where l.value is null or length(l.value) > 255) then
    raise exception using errcode = 'EBV01', message = 'labels: a value must be a text of at most 255 characters.',
      hint = 'Shorten it.';
  end if;
end
$$;

-- A model must belong to its provider and be asked for at its own size. A server of one's own (base_url) may offer
-- anything where the protocol allows models of one's own, but then the size has to be said; of a model that is known it
-- must be one that the model yields, unless the server only speaks OpenAI's protocol. Returns the size.
create or replace function embedd.check_model(p_provider text, p_model text, p_dimensions int, p_base_url text) returns int
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_dimensions int;
  v_sizes int4multirange;
begin
  select m.dimensions, m.sizes into v_dimensions, v_sizes from embedd.known_models() m where m.provider = p_provider and m.model = p_model;
  if v_dimensions is null and p_base_url is null then
    raise exception using errcode = 'EBV01',
      message = format('embedding_model %s is no model of the provider %s.', quote_literal(coalesce(p_model, '')), p_provider),
      hint = format('Use one of: %s.', (select string_agg(m.model, ', ') from embedd.known_models() m where m.provider = p_provider));
  end if;
  if p_model is null or length(p_model) = 0 then
    raise exception using errcode = 'EBV01', message = 'embedding_model must not be empty.', hint = 'Name the model to embed with.';
  end if;
  if p_base_url is not null then
    v_dimensions := coalesce(p_dimensions, v_dimensions);
  end if;
  if v_dimensions is null or v_dimensions not between 1 and 16000 then
    raise exception using errcode = 'EBV01', message = 'embedding_dimensions must be between 1 and 16000.',
      hint = 'Say how many numbers the vectors of this model have.';
  end if;
  if p_dimensions <> v_dimensions then
    raise exception using errcode = 'EBV01',
      message = format('embedding_dimensions must be %s for the model %s.', v_dimensions, p_model),
      hint = 'Leave it out, or give that number.';
  end if;
  if p_provider <> 'openai' and not v_sizes @> v_dimensions then
    raise exception using errcode = 'EBV01', message = format('The model %s does not yield %s dimensions.', p_model, v_dimensions),
      hint = format('Its sizes are %s.', (select string_agg(
        case when upper(s.size) - lower(s.size) = 1 then lower(s.size)::text
             else format('%s to %s', lower(s.size), upper(s.size) - 1) end, ', ' order by s.size) from unnest(v_sizes) s (size)));
  end if;
  return v_dimensions;
end
$$;

-- Stores an embedding configuration; returns its emb_ id. In SQL the key is named, never written
-- (api_key_ref => 'env:OPENAI_API_KEY'), so that it lands in no statement log; REST passes an encrypted envelope.
create or replace function embedd.create_embedder(
  name text, provider text, model text default null, api_key_ref text default null, base_url text default null,
  credentials jsonb default null, id uuid default null, allow_duplicate_name boolean default false)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_environment text := embedd.acting_environment();
  v_public_id text;
begin
  perform embedd.check_name(create_embedder.name, 'embedder',
    not allow_duplicate_name and exists (select from embedd.embedders e
      where e.environment_id = v_environment and e.name = create_embedder.name));
  if not (coalesce(create_embedder.provider, '') = 'tei' or exists (select from embedd.known_models() m where m.provider = create_embedder.provider)) then
    raise exception using errcode = 'EBV01',
      message = format('provider %s is not known.', quote_literal(coalesce(create_embedder.provider, ''))),
      hint = format('Use one of: %s, tei.', (select string_agg(distinct m.provider, ', ') from embedd.known_models() m));
  end if;
  perform embedd.check_embedder_access(create_embedder.base_url, api_key_ref);
  if create_embedder.provider = 'tei' and create_embedder.base_url is null then
    raise exception using errcode = 'EBV01', message = 'The provider tei needs a base_url.',
      hint = 'Give the address of the server, for example http://localhost:8080.';
  end if;
  if create_embedder.model is not null and base_url is null then
    perform embedd.check_model(create_embedder.provider, create_embedder.model, null, null);
  end if;
  if create_embedder.provider <> 'local' and create_embedder.base_url is null and api_key_ref is null
     and create_embedder.credentials is null then
    raise exception using errcode = 'EBV01', message = format('The provider %s needs an api_key.', create_embedder.provider),
      hint = format('In SQL: api_key_ref => ''env:%s_API_KEY''.', upper(create_embedder.provider));
  end if;
  insert into embedd.embedders (id, organization_id, environment_id, owner_id, name, provider, model, base_url,
                                credentials, secret_ref, created_by, updated_by)
  values (coalesce(create_embedder.id, gen_random_uuid()), embedd.acting_organization(), v_environment, embedd.acting_user(),
          create_embedder.name, create_embedder.provider, create_embedder.model, create_embedder.base_url,
          create_embedder.credentials, api_key_ref, embedd.acting_user(), embedd.acting_user())
  returning public_id into v_public_id;
  return v_public_id;
end
$$;
comment on function embedd.create_embedder(text, text, text, text, text, jsonb, uuid, boolean) is
  'Stores an embedding configuration; returns its id. api_key_ref names where the key is: env:NAME or file:/path.';

-- Stores an embedder with the fields of the GoodMem face; returns its id. Refused when its owner has an equal one:
-- one statement asks and inserts, so of many at once a single one gets through. The provider is not contacted.
create or replace function embedd.create_embedder_record(
  p_fields jsonb, p_provider_type text, p_fingerprint bytea, p_id uuid, p_credentials jsonb default null, p_owner uuid default null)
returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_owner uuid := coalesce(p_owner, embedd.acting_user());
  v_shown record;
  v_new embedd.embedders;
begin
  perform embedd.check_embedder_fields(p_fields);
  select null::text as endpoint_url, null::text as api_path, null::text as model_identifier, null::int as dimensionality
    into v_shown;
  v_new.id := p_id;
  v_new.environment_id := embedd.acting_environment();
  v_new.owner_id := v_owner;
  v_new.provider_type := p_provider_type;
  v_new.provider := case when p_provider_type in ('VLLM', 'LLAMA_CPP') then 'openai' else lower(p_provider_type) end;
  v_new.api_path := '/embeddings';
  v_new.distribution_type := 'DENSE';
  v_new.supported_modalities := '{TEXT}';
  v_new.labels := '{}';
  v_new.fingerprint := p_fingerprint;
  v_new := embedd.apply_embedder_fields(v_new, v_shown, p_fields);
  perform embedd.require_permission('create', v_owner);
  if not exists (select from embedd.users u where u.id = v_owner and u.organization_id = embedd.acting_organization()) then
    raise exception using errcode = 'EBV01', message = 'ownerId is no user of this organization.',
      hint = 'Leave it out to own it yourself.';
  end if;
  insert into embedd.embedders (id, organization_id, environment_id, owner_id, name, description, provider, provider_type,
    base_url, api_path, model, dimensionality, distribution_type, max_sequence_length, supported_modalities, labels, version,
    monitoring_endpoint, credentials, credentials_form, fingerprint, duplicate_key, created_by, updated_by)
  values (p_id, embedd.acting_organization(), v_new.environment_id, v_owner, v_new.name, v_new.description, v_new.provider,
    p_provider_type, v_new.base_url, v_new.api_path, v_new.model, v_new.dimensionality, v_new.distribution_type,
    v_new.max_sequence_length, v_new.supported_modalities, v_new.labels, v_new.version, v_new.monitoring_endpoint,
    p_credentials, 'endpoint', p_fingerprint, embedd.embedder_duplicate_key(v_new), embedd.acting_user(), embedd.acting_user())
  on conflict do nothing;
  if not found then
    raise exception using errcode = 'EBC08',
      message = case when exists (select from embedd.embedders e where e.id = p_id) then 'This embedderId is taken.'
        else 'An embedder with the same owner, provider, endpoint, path, model and credentials already exists.' end,
      hint = 'Use that one, or change one of these.';
  end if;
  return p_id;
end
$$;

-- Removes an embedder and its credentials for good. Vector tables that use it are in the way, unless allow_in_use: then
-- they keep their vectors and wait, with an error, for another embedder as soon as a text has to be embedded.
create or replace function embedd.delete_embedder(embedder text, allow_in_use boolean default false) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd.lock_embedder(embedder);
begin
  perform embedd.require_permission('delete', v_old.owner_id);
  if not allow_in_use and embedd.embedder_in_use(v_old.id) then
    raise exception using errcode = 'EBC09', message = format('Vector tables still use the embedder %s.', quote_literal(v_old.name)),
      hint = 'Drop them or move them to another embedder first.';
  end if;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  delete from embedd.embedders where id = v_old.id;
  perform pg_notify('embedd', '');
end
$$;
comment on function embedd.delete_embedder(text, boolean) is 'Removes an embedding configuration and its credentials for good.';

-- What no two embedders of one owner made on the GoodMem face have in common, as a digest: long addresses would not
-- fit an index entry. The index over it makes check and insert one step.
create or replace function embedd.embedder_duplicate_key(p_embedder embedd.embedders) returns bytea
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(jsonb_build_array(p_embedder.environment_id, p_embedder.owner_id, p_embedder.provider_type,
    p_embedder.base_url, p_embedder.api_path, p_embedder.model, encode(p_embedder.fingerprint, 'hex'))::text, 'UTF8'))
$$;

-- Whether a vector table that is not dropped, or a task that has not ended, refers to an embedder.
create or replace function embedd.embedder_in_use(p_embedder_id uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select exists (select from embedd.vector_tables where embedder_id = p_embedder_id and dropped_at is null)
      or exists (select from embedd.tasks t join embedd.generations g on g.id = t.generation_id
                  where g.embedder_id = p_embedder_id and t.status in ('pending', 'running'))
$$;

-- All embedders of the environment as the GoodMem face shows them, never their credentials. Those made elsewhere have
-- no provider type of that face; its clients decode no other than theirs, so each is shown as what comes nearest:
-- Gemini by the vendor's OpenAI-compatible address, the built-in model as a server on this machine.
create or replace function embedd.embedder_records()
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text,
               model_identifier text, dimensionality int, distribution_type text, max_sequence_length int,
               supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid,
               created_at timestamptz, updated_at timestamptz, created_by_id uuid, updated_by_id uuid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with shown as (
    select e.id, m.model, p.type, p.url,
           coalesce(e.dimensionality,
                    (select c.dimensions from embedd.known_models() c where c.provider = e.provider and c.model = m.model),
                    (select max(v.embedding_dimensions) from embedd.vector_tables v where v.embedder_id = e.id), 0) as dimensions
      from embedd.embedders e
      join (values ('openai', 'OPENAI', 'https://api.openai.com/v1'), ('voyage', 'VOYAGE', 'https://api.voyageai.com/v1'),
                   ('gemini', 'OPENAI', 'https://generativelanguage.googleapis.com/v1beta/openai'),
                   ('local', 'LLAMA_CPP', 'http://localhost/local'), ('tei', 'TEI', null), ('cohere', 'COHERE', 'https://api.cohere.com'),
                   ('jina', 'JINA', 'https://api.jina.ai/v1')) p (provider, type, url) on p.provider = e.provider
      cross join lateral (select coalesce(
        e.model, (select c.model from embedd.known_models() c where c.provider = e.provider limit 1), '')) m (model)
     where e.environment_id = embedd.acting_environment()
  )
  select e.id, e.name, e.description, coalesce(e.provider_type, s.type),
         coalesce(embedd.canonical_url(e.base_url), e.base_url, s.url), coalesce(e.api_path, '/embeddings'), s.model, s.dimensions, e.distribution_type, e.max_sequence_length,
         e.supported_modalities, e.labels, e.version, e.monitoring_endpoint, e.owner_id,
         e.created_at, e.updated_at, e.created_by, e.updated_by
    from embedd.embedders e join shown s using (id)
$$;

-- One embedder by name or id.
create or replace function embedd.get_embedder(embedder text)
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text,
               base_url text, created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd.resolve_embedder(embedder);
begin
  return query select * from embedd.list_embedders() e where e.embedder_id = v_id;
end
$$;
comment on function embedd.get_embedder(text) is 'One embedder by name or id, without its credentials.';

-- One embedder by id as the GoodMem face shows it. Whether it exists is no secret there, so 404 comes before 403.
create or replace function embedd.get_embedder_record(embedder uuid)
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text,
               model_identifier text, dimensionality int, distribution_type text, max_sequence_length int,
               supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid,
               created_at timestamptz, updated_at timestamptz, created_by_id uuid, updated_by_id uuid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform embedd.require_permission('read',
    (select e.owner_id from embedd.embedders e where e.id = embedd.resolve_embedder(embedder::text)));
  return query select * from embedd.embedder_records() r where r.embedder_id = embedder;
end
$$;
comment on function embedd.get_embedder_record(uuid) is 'One embedder with all its fields, without its credentials.';

-- Every model that is known: its size, and all sizes it yields. The adapters know the same (providers/catalogue.py).
create or replace function embedd.known_models()
returns table (provider text, model text, dimensions int, sizes int4multirange)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values
    ('openai', 'text-embedding-3-small', 1536, '{[1,1536]}'::int4multirange), ('openai', 'text-embedding-3-large', 3072, '{[1,3072]}'),
    ('openai', 'text-embedding-ada-002', 1536, '{[1536,1536]}'),
    ('gemini', 'gemini-embedding-001', 3072, '{[128,3072]}'), ('gemini', 'text-embedding-005', 768, '{[1,768]}'),
    ('gemini', 'text-embedding-004', 768, '{[1,768]}'),
    ('voyage', 'voyage-3.5', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3.5-lite', 512, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-code-3', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3-large', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3-lite', 512, '{[512,512]}'),
    ('cohere', 'embed-v4.0', 1536, '{[256,256],[512,512],[1024,1024],[1536,1536]}'),
    ('cohere', 'embed-english-v3.0', 1024, '{[1024,1024]}'), ('cohere', 'embed-multilingual-v3.0', 1024, '{[1024,1024]}'),
    ('cohere', 'embed-english-light-v3.0', 384, '{[384,384]}'), ('cohere', 'embed-multilingual-light-v3.0', 384, '{[384,384]}'),
    ('jina', 'jina-embeddings-v3', 1024, '{[1,1024]}'),
    ('jina', 'jina-embeddings-v4', 2048, '{[128,128],[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('jina', 'jina-embeddings-v2-base-en', 768, '{[768,768]}'),
    ('local', 'all-MiniLM-L6-v2', 384, '{[384,384]}')
$$;

-- Embedders as the GoodMem face shows them, oldest first: all of them or one owner's for who may list any, else the
-- acting user's own, whatever owner is asked for. p_labels is an array of objects that all must be contained.
create or replace function embedd.list_embedder_records(
  p_owner uuid default null, p_provider_type text default null, p_labels jsonb default '[]')
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text, api_path text,
               model_identifier text, dimensionality int, distribution_type text, max_sequence_length int,
               supported_modalities text[], labels jsonb, version text, monitoring_endpoint text, owner_id uuid,
               created_at timestamptz, updated_at timestamptz, created_by_id uuid, updated_by_id uuid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_any boolean := embedd.has_permission('list', 'any');
begin
  if not v_any then
    perform embedd.require_permission('list', embedd.acting_user());
  end if;
  return query
    select * from embedd.embedder_records() r
     where (case when v_any then p_owner is null or r.owner_id = p_owner else r.owner_id = embedd.acting_user() end)
       and (p_provider_type is null or r.provider_type = p_provider_type)
       and not exists (select from jsonb_array_elements(p_labels) l where not r.labels @> l.value)
     order by r.created_at, r.embedder_id;
end
$$;
comment on function embedd.list_embedder_records(uuid, text, jsonb) is
  'Embedders with all their fields, without credentials, oldest first.';

-- Embedders of the environment, oldest first, after a given one; never their credentials.
create or replace function embedd.list_embedders(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, embedder_id uuid, org_id text, environment_id text, name text, provider text, default_model text,
               base_url text, created_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select public_id, id, organization_id, environment_id, name, provider, model, base_url, created_at
    from embedd.embedders
   where environment_id = embedd.acting_environment() and (created_at, public_id) > (after_created_at, after_id)
   order by created_at, public_id limit "limit"
$$;
comment on function embedd.list_embedders(int, timestamptz, text) is 'Embedders of the environment, oldest first.';

-- All a query needs to know of an embedder whose credentials it reranks with; secrets only as encrypted envelopes or
-- references. For the service alone, which holds the key.
create or replace function embedd.load_embedder(p_embedder text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd.resolve_embedder(p_embedder);
begin
  return (select jsonb_build_object('id', id, 'public_id', public_id, 'organization_id', organization_id, 'provider', provider,
                                    'base_url', base_url, 'api_path', api_path, 'credentials', credentials,
                                    'credentials_form', credentials_form, 'secret_ref', secret_ref)
            from embedd.embedders where id = v_id);
end
$$;

-- The embedder a user means, its row locked until the transaction ends: against changes, and against those who start to
-- use it (a vector table that refers to it waits).
create or replace function embedd.lock_embedder(p_reference text) returns embedd.embedders
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  select * into v_embedder from embedd.embedders where id = embedd.resolve_embedder(p_reference) for update;
  if not found then
    raise exception using errcode = 'EBN03', message = 'The embedder was just deleted.', hint = 'List the embedders to see which exist.';
  end if;
  return v_embedder;
end
$$;

-- The model catalogue (contract, section 4): which models a provider offers without a base_url of one's own.
create or replace function embedd.models() returns table (provider text, model text, dimensions int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select provider, model, dimensions from embedd.known_models() where provider in ('openai', 'gemini', 'voyage', 'local')
$$;
comment on function embedd.models() is 'Embedding models by provider, with the size of their vectors.';

-- Id of the embedder a user means: by emb_ id, by UUID, or by name. No name hides an id.
create or replace function embedd.resolve_embedder(p_reference text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_environment text := embedd.acting_environment();
  v_id uuid := (select id from embedd.embedders
                 where environment_id = v_environment and p_reference in (public_id, id::text));
  v_public_id text;
begin
  if v_id is not null then
    return v_id;
  end if;
  v_public_id := embedd.pick_one(
    array(select public_id from embedd.embedders where environment_id = v_environment and name = p_reference order by public_id),
    p_reference, 'embedder', 'EBN03');
  return (select id from embedd.embedders where public_id = v_public_id);
end
$$;

-- Writes a changed embedder back; whoever calls it holds the row's lock. What vectors depend on stays while they are in
-- use, unless p_allow_in_use. An embedder made on the GoodMem face cannot become equal to another of its owner.
create or replace function embedd.save_embedder(p_old embedd.embedders, p_new embedd.embedders, p_allow_in_use boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if not p_allow_in_use
     and (p_old.model, p_old.dimensionality, p_old.distribution_type)
         is distinct from (p_new.model, p_new.dimensionality, p_new.distribution_type)
     and embedd.embedder_in_use(p_old.id) then
    raise exception using errcode = 'EBF01',
      message = 'modelIdentifier, dimensionality and distributionType cannot change while a vector table or task refers to the embedder.',
      hint = 'Create another embedder and move the vector tables to it, or drop them first.';
  end if;
  update embedd.embedders
     set name = p_new.name, description = p_new.description, base_url = p_new.base_url, api_path = p_new.api_path,
         model = p_new.model, dimensionality = p_new.dimensionality, distribution_type = p_new.distribution_type,
         max_sequence_length = p_new.max_sequence_length, supported_modalities = p_new.supported_modalities,
         labels = p_new.labels, version = p_new.version, monitoring_endpoint = p_new.monitoring_endpoint,
         credentials = p_new.credentials, credentials_form = p_new.credentials_form, secret_ref = p_new.secret_ref,
         fingerprint = p_new.fingerprint,
         duplicate_key = case when duplicate_key is not null then embedd.embedder_duplicate_key(p_new) end,
         updated_by = embedd.acting_user(), updated_at = clock_timestamp()
   where id = p_old.id;
  -- Workers know the address and the credentials by now; they look again at what has changed.
  update embedd.vector_tables set changed_at = now() where embedder_id = p_old.id and dropped_at is null;
  perform pg_notify('embedd', '');
exception
  when unique_violation then
    raise exception using errcode = 'EBC08',
      message = 'An embedder with the same owner, provider, endpoint, path, model and credentials already exists.',
      hint = 'Use that one, or change one of these.';
end
$$;

-- Changes an embedder; what is null stays as it is. As in create_embedder() a key is named, never written. A model that
-- vector tables use cannot change unless allow_in_use: those keep the model they were made with, and the new one is
-- only the default for others. p_fingerprint comes with credentials.
create or replace function embedd.update_embedder(
  embedder text, name text default null, model text default null, api_key_ref text default null, base_url text default null,
  credentials jsonb default null, fingerprint bytea default null, allow_duplicate_name boolean default false,
  allow_in_use boolean default false)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_old embedd.embedders := embedd.lock_embedder(embedder);
  v_new embedd.embedders := v_old;
begin
  perform embedd.require_permission('update', v_old.owner_id);
  if update_embedder.name is not null then
    perform embedd.check_name(update_embedder.name, 'embedder',
      not allow_duplicate_name and exists (select from embedd.embedders e
        where e.environment_id = v_old.environment_id and e.id <> v_old.id and e.name = update_embedder.name));
    v_new.name := update_embedder.name;
  end if;
  perform embedd.check_embedder_access(update_embedder.base_url, api_key_ref);
  v_new.base_url := coalesce(update_embedder.base_url, v_old.base_url);
  if update_embedder.model is not null and update_embedder.model is distinct from v_old.model then
    if v_new.base_url is null then
      perform embedd.check_model(v_old.provider, update_embedder.model, null, null);
    end if;
    v_new.model := update_embedder.model;
    v_new.dimensionality := coalesce(
      (select m.dimensions from embedd.known_models() m where m.provider = v_old.provider and m.model = update_embedder.model),
      v_old.dimensionality);
  end if;
  if api_key_ref is not null then
    v_new.secret_ref := api_key_ref;
    v_new.credentials := null;
    v_new.credentials_form := 'key';
    v_new.fingerprint := sha256(convert_to('reference ' || api_key_ref, 'UTF8'));
  elsif update_embedder.credentials is not null then
    v_new.secret_ref := null;
    v_new.credentials := update_embedder.credentials;
    v_new.credentials_form := 'key';
    v_new.fingerprint := update_embedder.fingerprint;
  end if;
  if v_new is distinct from v_old then
    perform embedd.save_embedder(v_old, v_new, allow_in_use);
  end if;
  return v_old.public_id;
end
$$;
comment on function embedd.update_embedder(text, text, text, text, text, jsonb, bytea, boolean, boolean) is
  'Changes an embedding configuration; null keeps. api_key_ref names where the key is: env:NAME or file:/path.';

-- Changes the given fields of an embedder, whole or not at all. First the fields are checked, then whether it exists,
-- then the right to change it, then what its use and its equals allow. The row is locked against those who start to use it.
create or replace function embedd.update_embedder_record(
  p_embedder uuid, p_fields jsonb, p_credentials jsonb default null, p_fingerprint bytea default null)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders;
  v_new embedd.embedders;
  v_shown record;
begin
  perform embedd.check_embedder_fields(p_fields);
  v_old := embedd.lock_embedder(p_embedder::text);
  perform embedd.require_permission('update', v_old.owner_id);
  select * into v_shown from embedd.embedder_records() r where r.embedder_id = p_embedder;
  v_new := embedd.apply_embedder_fields(v_old, v_shown, p_fields);
  if p_credentials is not null then
    v_new.credentials := p_credentials;
    v_new.credentials_form := 'endpoint';
    v_new.secret_ref := null;
    v_new.fingerprint := p_fingerprint;
  end if;
  if v_old.provider in ('local', 'gemini')
     and (v_new.base_url is distinct from v_old.base_url or v_new.api_path <> '/embeddings') then
    raise exception using errcode = 'EBV01',
      message = format('endpointUrl and apiPath of an embedder of the provider %s cannot change here.', v_old.provider),
      hint = 'It was made at /v1/embedding-providers; change it there, or create another.';
  end if;
  if p_fields <> '{}' or p_credentials is not null then
    perform embedd.save_embedder(v_old, v_new, false);
  end if;
end
$$;

-- Remembers what was noticed; the newest thousand are kept.
create or replace function embedd.add_notice(p_vector_table_id text, p_message text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.notices where id <= (select max(id) - 1000 from embedd.notices);
  insert into embedd.notices (vector_table_id, message) values (p_vector_table_id, p_message);
$$;

-- This copy takes over the stores of the database it was copied from, which must not write to them any more. Tokens start
-- above all that is known, and everything is compared with what the stores hold.
create or replace function embedd.adopt() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now record;
begin
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if embedd.instance_state() <> 'foreign' then
    return 'This database owns its stores already; nothing was changed.';
  end if;
  v_now := embedd.read_identity();
  update embedd.instance
     set system_identifier = v_now.system_identifier, timeline = v_now.timeline, database_oid = v_now.database_oid,
         table_oid = v_now.table_oid, rivalled = false, rival = null;
  perform embedd.restart_ledger('This database took over the stores of the one it was copied from.');
  update embedd.instance set fence_high = (select last_value from embedd.fence), checked_at = clock_timestamp();
  perform pg_notify('embedd', '');
  return 'This database owns the stores now. Workers compare all rows.';
end
$$;
comment on function embedd.adopt() is 'Gives a copied or restored database the vector stores of the original, which must be stopped.';

-- A worker looks where it is: at its start, each minute, and when a claim was refused. The first look notes the
-- database as the owner of its stores. After a failover, a restored backup or a sequence that was set back, tokens start
-- above all that was ever drawn and everything is compared. A copy is only told so. p_seen: a token the worker has met.
create or replace function embedd.check_instance(p_seen bigint default 0) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text := embedd.instance_state();
  v_now record;
begin
  if v_state = 'standby' then
    return v_state;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  update embedd.instance set fence_high = p_seen where fence_high < p_seen;
  v_state := embedd.instance_state();
  if v_state = 'foreign' then
    perform embedd.record_sync(v.id, embedd.instance_message(v_state)) from embedd.vector_tables v
      where v.last_error is distinct from embedd.instance_message(v_state) and v.sync_status not in ('pending', 'paused');
    return v_state;
  elsif v_state = 'moved' then
    perform embedd.restart_ledger(embedd.instance_message(v_state));
  end if;
  v_now := embedd.read_identity();
  insert into embedd.instance (system_identifier, timeline, database_oid, table_oid, fence_high)
  select v_now.system_identifier, v_now.timeline, v_now.database_oid, v_now.table_oid, last_value from embedd.fence
  on conflict (only_row) do update
     set system_identifier = coalesce(excluded.system_identifier, instance.system_identifier),
         timeline = coalesce(excluded.timeline, instance.timeline),
         fence_high = excluded.fence_high, checked_at = clock_timestamp();
  return v_state;
end
$$;

-- Leases the next store that is to be read after a failover or restore; no row: there is none for this worker. token names
-- this pass; whoever takes over later has another.
create or replace function embedd.claim_unread_store(p_stores text[], p_lease interval)
returns table (generation_id bigint, token bigint)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.unread_stores u set token = nextval('embedd.fence'), leased_until = clock_timestamp() + p_lease
   where u.generation_id = (
     select n.generation_id from embedd.unread_stores n join embedd.generations g on g.id = n.generation_id
      where g.state <> 'dropped' and g.store = any (p_stores) and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.generation_id limit 1 for update of n skip locked)
  returning u.generation_id, u.token
$$;

-- Stores in use that are still to be read after a failover or restore.
create or replace function embedd.count_unread_stores() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select count(*) from embedd.unread_stores u join embedd.generations g on g.id = u.generation_id where g.state <> 'dropped'
$$;

-- This copy gives up the stores of the database it was copied from and gets empty ones of its own, under names nobody else
-- uses; the old ones are left as they are. Each vector table starts anew, with a backfill. Returns how many there are.
create or replace function embedd.detach() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_now record;
  v_suffix text;
  v_count bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if embedd.instance_state() <> 'foreign' then
    raise exception using errcode = 'EBX02', message = 'This database owns its stores; there is nothing to detach from.',
      hint = 'Detach the copy, not the original.';
  end if;
  v_now := embedd.read_identity();
  update embedd.instance
     set uid = gen_random_uuid(), detached = true, system_identifier = v_now.system_identifier, timeline = v_now.timeline,
         database_oid = v_now.database_oid, table_oid = v_now.table_oid, rivalled = false, rival = null, fence_high = (select last_value from embedd.fence)
  returning '_' || left(uid::text, 6) into v_suffix;

  update embedd.tasks set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null where status in ('pending', 'running');
  perform embedd.abandon_generation(vector_table_id) from embedd.generations where state = 'building';
  delete from embedd.generations where state <> 'active';
  delete from embedd.vector_tables where dropped_at is not null;
  delete from embedd.ranges;
  delete from embedd.jobs;
  delete from embedd.row_states;
  delete from embedd.unread_stores;
  update embedd.generations set store_table = left(store_table, case chunking ->> 'strategy' when 'none' then 56 else 47 end) || v_suffix, refilling = false, suspect_before = 0;
  -- Triggers in other databases are the original's, too.
  delete from embedd.remote_outboxes;
  update embedd.connections set capture = 'poll' where capture = 'remote_trigger';
  update embedd.vector_tables
     set remote_capture_id = null, sync_status = 'pending', last_synced_at = null, last_error = null, last_error_at = null, changed_at = clock_timestamp();
  get diagnostics v_count = row_count;
  perform embedd.add_notice(null, 'This database was detached from the stores of the one it was copied from.');
  return v_count;
end
$$;
comment on function embedd.detach() is 'Gives a copied database empty vector stores of its own; backfill each vector table next.';

-- The whole store is read: what the pass did not meet is not in it, tokens go on above what was met (p_highest), and
-- attempts may begin. False: another worker reads this store by now.
create or replace function embedd.finish_store_reading(p_generation_id bigint, p_token bigint, p_highest bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_high bigint;
begin
  delete from embedd.unread_stores where generation_id = p_generation_id and token = p_token;
  if not found then
    return false;
  end if;
  delete from embedd.row_states where generation_id = p_generation_id and checked <> -p_token;
  perform pg_advisory_xact_lock(hashtextextended('embedd.instance', 0));
  if p_highest >= (select suspect_before from embedd.generations where id = p_generation_id) then
    v_high := embedd.raise_fence(p_highest);
    update embedd.generations set suspect_before = v_high where id = p_generation_id;
  end if;
  update embedd.vector_tables v set changed_at = clock_timestamp()
    from embedd.generations g where g.id = p_generation_id and v.id = g.vector_table_id;
  perform pg_notify('embedd', '');
  return true;
end
$$;

-- What tells this installation from others in databases whose events it takes; null before its first worker.
create or replace function embedd.installation() returns uuid
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select uid from embedd.instance
$$;

-- A state of the instance as a sentence; null where nothing is wrong.
create or replace function embedd.instance_message(p_state text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case p_state
    when 'foreign' then 'This database is a copy of the one that owns the vector stores, or has a copy that writes to them; this one does not.'
    when 'standby' then 'This server is a standby: nothing is claimed here.'
    when 'moved' then 'This database was failed over, restored, or its tokens were set back.' end
$$;

-- Whether this database is still the one that owns the stores: new (nobody has looked yet), own, moved (another timeline,
-- or the sequence of tokens was set back: it forgot what it once knew), foreign (a copy), standby.
create or replace function embedd.instance_state() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
  v_now record;
begin
  if pg_is_in_recovery() then
    return 'standby';
  end if;
  select * into v_stored from embedd.instance;
  if not found then
    return 'new';
  end if;
  v_now := embedd.read_identity();
  return case
    when v_now.system_identifier <> v_stored.system_identifier or v_now.database_oid <> v_stored.database_oid
         or v_now.table_oid <> v_stored.table_oid or v_stored.rivalled then 'foreign'
    when v_now.timeline <> v_stored.timeline or (select last_value from embedd.fence) < v_stored.fence_high then 'moved'
    else 'own' end;
end
$$;

-- Whether this database owns its stores, as a worker would find it now: state, and a sentence when it is not as it should be.
create or replace function embedd.instance_status()
returns table (state text, message text, uid uuid, timeline bigint, checked_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select s.state, embedd.instance_message(s.state), i.uid, i.timeline, i.checked_at
    from (select embedd.instance_state() as state) s left join embedd.instance i on true
$$;
comment on function embedd.instance_status() is 'Whether this database owns its vector stores, or is a copy.';

-- One page of what a store itself says: beliefs become that, so that the comparison that follows knows of every row the
-- store holds, also of those the ledger never heard of. False: another worker reads this store by now. Arrays run in
-- parallel, one entry per key. A negative `checked` names the pass that met the key.
create or replace function embedd.learn_marks(
  p_generation_id bigint, p_token bigint, p_keys text[], p_tokens bigint[], p_text_hashes text[], p_metadata_hashes text[],
  p_dead boolean[], p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.unread_stores set leased_until = clock_timestamp() + p_lease where generation_id = p_generation_id and token = p_token;
  if not found then
    return false;
  end if;
  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)
  select p_generation_id, d.key, d.token, coalesce(d.text_hash, ''), coalesce(d.metadata_hash, ''), -p_token
    from unnest(p_keys, p_tokens, p_text_hashes, p_metadata_hashes, p_dead) d (key, token, text_hash, metadata_hash, dead)
   where not d.dead order by d.key
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
         source_hash = null, checked = excluded.checked;
  return true;
end
$$;

-- What a worker found in the store as the mark of who writes to it (p_found, null: none; p_found_token is the mark's).
-- own: it is one that this database left; beat is the next one to leave, under token, remembered before it is written.
-- Any other was left by a copy, by what this database was restored from, or by a primary that was lost with its last
-- moments: unknown, until it has not changed for p_watch; then nobody is there any more, and this database goes on in its
-- place. If it changes meanwhile a copy is at work: foreign, until an operator decides. renamed: look at the mark of uid.
create or replace function embedd.note_owner(
  p_uid text, p_found text, p_found_token bigint, p_watch interval, out state text, out uid text, out beat text, out token bigint)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
begin
  select * into v_stored from embedd.instance for update;
  uid := v_stored.uid;
  state := case
    when p_uid is distinct from uid then 'renamed'
    when v_stored.rivalled then 'foreign'
    when p_found is null or p_found = any (v_stored.beats) then 'own'
    when v_stored.rival is null then 'unknown'
    when v_stored.rival <> p_found then 'foreign'
    when v_stored.rival_since > clock_timestamp() - p_watch then 'unknown'
    else 'own' end;
  if state = 'unknown' and v_stored.rival is null then
    update embedd.instance set rival = p_found, rival_since = clock_timestamp();
  elsif state = 'foreign' and not v_stored.rivalled then
    update embedd.instance set rivalled = true, beats = beats || p_found, fence_high = greatest(fence_high, p_found_token);
  elsif state = 'own' then
    beat := gen_random_uuid();
    -- A mark of ours whose token is above the sequence: that was set back, which the next look finds.
    update embedd.instance
       set beats = beats[greatest(1, cardinality(beats) - 18):] || beat, rival = null, fence_high = greatest(fence_high, p_found_token);
    if p_found is not null and p_found <> all (v_stored.beats) then
      perform embedd.restart_ledger('Another database wrote to the vector store until it ended; this one goes on in its place.');
    end if;
    token := nextval('embedd.fence');
  end if;
end
$$;

-- What was noticed and mended without anybody asking, newest first: failovers, triggers that were dropped or disabled,
-- partitions that came and went. Of one vector table, or of all that the caller can see; null: of the whole database.
create or replace function embedd.notices(vector_table text default null, "limit" int default 100)
returns table (at timestamptz, vector_table_name text, message text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when notices.vector_table is not null then embedd.resolve_vector_table(notices.vector_table) end;
begin
  return query
  select n.at, v.name, n.message
    from embedd.notices n left join embedd.vector_tables v on v.id = n.vector_table_id
   where (n.vector_table_id is null or v.environment_id = embedd.acting_environment() and v.dropped_at is null)
     and (v_id is null or n.vector_table_id = v_id)
   order by n.id desc limit "limit";
end
$$;
comment on function embedd.notices(text, int) is 'What was noticed and mended without anybody asking, newest first.';

-- Lets tokens go on above p_seen, with room for attempts under way that nobody here knows of; never back. Returns where.
create or replace function embedd.raise_fence(p_seen bigint) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  select setval('embedd.fence', greatest(p_seen + 4294967296, last_value)) from embedd.fence
$$;

-- What tells this database from a copy of it, as far as the current role may see: the server's system identifier (a
-- physical copy keeps it), its timeline (a promoted standby and a restored backup count on), the ids of the database and of a
-- table of ours (a restored dump and a database made from a template have others). Hosts that keep some of it from us
-- leave it null, and null is compared with nothing.
create or replace function embedd.read_identity(
  out system_identifier bigint, out timeline bigint, out database_oid oid, out table_oid oid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  table_oid := 'embedd.instance'::regclass;
  database_oid := (select oid from pg_database where datname = current_database());
  begin
    system_identifier := (select c.system_identifier from pg_control_system() c);
  exception when insufficient_privilege or undefined_function or feature_not_supported then
    null;
  end;
  begin
    -- Not what pg_control_checkpoint() says: until the first checkpoint after a promotion that is the old one.
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
  exception when insufficient_privilege or undefined_function or feature_not_supported then
    null;
  end;
end
$$;

-- Refuses to go on in a database that does not own the stores, or not as it is. Whatever leads to a write calls it first,
-- in its own transaction: a connection may lead to another server at any time. A session stays with its server, so what it
-- found is good for as long as the database remembers the same (30 µs instead of 300).
create or replace function embedd.require_instance() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_stored embedd.instance;
  v_remembered text;
  v_state text;
begin
  select * into v_stored from embedd.instance;
  v_remembered := format('%s %s %s %s %s', v_stored.system_identifier, v_stored.timeline, v_stored.database_oid, v_stored.table_oid, v_stored.rivalled);
  if v_remembered = current_setting('embedd.instance', true) and v_stored.fence_high <= (select last_value from embedd.fence) then
    return;
  end if;
  v_state := embedd.instance_state();
  if v_state in ('foreign', 'standby') then
    raise exception using errcode = 'EBX02', message = embedd.instance_message(v_state),
      hint = case v_state
        when 'foreign' then 'Give it the stores with ''embedd adopt'' (the other one must be stopped), or stores of its own with ''embedd detach''.'
        else 'Connect to the primary.' end;
  elsif v_state = 'moved' then
    raise exception using errcode = 'EBX03', message = embedd.instance_message(v_state),
      hint = 'Nothing: a worker raises the tokens and compares all rows by itself.';
  elsif v_state = 'own' then
    perform set_config('embedd.instance', v_remembered, false);
  end if;
end
$$;

-- The ledger may know less than the stores hold, or other things. Tokens go on far above whatever it knows, out of reach
-- of attempts that other workers began before; each store is read before anything is claimed for it; what the ledger
-- believes of a row is asked of the store; and all rows are compared.
create or replace function embedd.restart_ledger(p_message text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_high bigint;
begin
  select greatest(
      (select last_value from embedd.fence), (select fence_high from embedd.instance), (select max(fence) from embedd.fence_marks),
      (select max(token) from embedd.jobs), (select max(greatest(token, checked)) from embedd.row_states),
      (select max(token) from embedd.ranges), (select max(start_token) from embedd.tasks))
    into v_high;
  v_high := embedd.raise_fence(v_high);
  insert into embedd.unread_stores (generation_id) select id from embedd.generations where state <> 'dropped'
  on conflict do nothing;
  update embedd.unread_stores set token = 0, leased_until = null;
  update embedd.generations set suspect_before = v_high where state <> 'dropped';
  update embedd.vector_tables set changed_at = clock_timestamp() where dropped_at is null;
  perform embedd.request_reconcile(id) from embedd.vector_tables where dropped_at is null order by id;
  perform embedd.add_notice(null, p_message || ' All rows are compared.');
end
$$;

-- Records what an attempt has applied to the store. A job goes only if nothing new arrived since its claim (want) and
-- nobody claimed it since (token); a job that got dirty again is free for the next claim at once.
-- Keys whose job is not this attempt's any more are passed over entirely: whoever took it knows better, and may have
-- deleted the row and forgotten its state, so that an older token would look like news.
-- Arrays run in parallel, one entry per key. p_gone: the row is deleted; p_touched false: nothing had to be written.
create or replace function embedd.acknowledge_jobs(
  p_generation_id bigint, p_token bigint, p_keys text[], p_wants bigint[], p_gone boolean[], p_touched boolean[],
  p_text_hashes text[], p_metadata_hashes text[], p_source_hashes text[])
returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_held text[] := array(
    select key from embedd.jobs where generation_id = p_generation_id and key = any (p_keys) and token = p_token order by key for update);
  v_done bigint;
begin
  delete from embedd.row_states s using unnest(p_keys, p_gone, p_touched) d (key, gone, touched)
   where s.generation_id = p_generation_id and s.key = d.key and d.gone and d.touched and s.token < p_token and d.key = any (v_held);
  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, source_hash, checked)
  select p_generation_id, d.key, p_token, d.text_hash, d.metadata_hash, d.source_hash, p_token
    from unnest(p_keys, p_gone, p_touched, p_text_hashes, p_metadata_hashes, p_source_hashes)
         d (key, gone, touched, text_hash, metadata_hash, source_hash)
   where d.touched and not d.gone and d.key = any (v_held)
   order by d.key
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash,
         source_hash = excluded.source_hash, checked = excluded.checked
   where row_states.token < excluded.token;
  update embedd.row_states s set checked = p_token, source_hash = d.source_hash
    from unnest(p_keys, p_gone, p_touched, p_source_hashes) d (key, gone, touched, source_hash)
   where s.generation_id = p_generation_id and s.key = d.key and not d.touched and not d.gone and s.checked < p_token
     and d.key = any (v_held);

  delete from embedd.jobs j using unnest(p_keys, p_wants) d (key, want)
   where j.generation_id = p_generation_id and j.key = d.key and j.token = p_token and j.want = d.want;
  get diagnostics v_done = row_count;
  update embedd.jobs set leased_until = null, worker = null, crashes = 0, run_at = least(run_at, clock_timestamp())
   where generation_id = p_generation_id and key = any (p_keys) and token = p_token;
  return v_done;
end
$$;

-- Leases due jobs of one generation and lane to a worker, under one new token. The token is drawn after the jobs are
-- locked and before any row is read: so it is higher than that of every earlier claim of these keys, and a higher token
-- has always seen a later state. Times are the database's; the commit must be durable before the worker writes to a
-- store, hence synchronous_commit. suspect: a range of the generation is still open, so an attempt under an older token may
-- write these keys yet; it is looked up in one statement with the states, for a range that closes leaves its states behind.
-- Or the state is from before a failover or restore.
-- p_after: where the last claim of the lane found its first job, so that jobs long done need not be passed again.
create or replace function embedd.claim_jobs(p_generation_id bigint, p_lane text, p_limit int, p_worker text, p_lease interval,
  p_after timestamptz default null)
returns table (token bigint, key text, want bigint, previous_token bigint, attempts int, dirty_since timestamptz,
               state_token bigint, text_hash text, metadata_hash text, source_hash text, suspect boolean, run_at timestamptz)
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  v_keys text[];
  v_token bigint;
begin
  perform embedd.require_instance();
  -- The store is still to be read after a failover: the worker does that first.
  if exists (select from embedd.unread_stores u where u.generation_id = p_generation_id) then
    return;
  end if;
  v_keys := coalesce(embedd.claim_suspect(p_generation_id, p_worker), array(
    select j.key from embedd.jobs j
     where j.generation_id = p_generation_id and j.lane = p_lane and j.state = 'queued'
       and j.crashes + (j.leased_until is not null)::int < 2
       and j.run_at <= clock_timestamp() and (j.leased_until is null or j.leased_until < clock_timestamp())
       and j.run_at >= coalesce(p_after, '-infinity')
     order by j.run_at, j.key limit p_limit for update skip locked));
  if cardinality(v_keys) = 0 and p_after is not null then
    return query select * from embedd.claim_jobs(p_generation_id, p_lane, p_limit, p_worker, p_lease);
    return;
  end if;
  if cardinality(v_keys) = 0 then
    return;
  end if;
  v_token := nextval('embedd.fence');
  perform set_config('synchronous_commit', 'on', true);
  return query
  with claimed as (
    update embedd.jobs j
       set token = v_token, leased_until = clock_timestamp() + p_lease, worker = p_worker,
           crashes = j.crashes + (before.leased_until is not null)::int
      from embedd.jobs before
     where j.generation_id = p_generation_id and j.key = any (v_keys)
       and before.generation_id = j.generation_id and before.key = j.key
    returning j.key, j.want, before.token as previous_token, j.attempts, j.dirty_since, j.run_at
  )
  select v_token, c.key, c.want, c.previous_token, c.attempts, c.dirty_since, s.token, s.text_hash, s.metadata_hash, s.source_hash,
         exists (select from embedd.ranges r where r.generation_id = p_generation_id) or coalesce(s.token < g.suspect_before, false),
         c.run_at
    from claimed c
    join embedd.generations g on g.id = p_generation_id
    left join embedd.row_states s on s.generation_id = p_generation_id and s.key = c.key;
end
$$;

-- The next polled source that is due, with its generations in use; nobody else takes it before the lease is over. No row:
-- none is due.
create or replace function embedd.claim_poll(p_stores text[], p_lease interval) returns table (generation_id bigint, sync_mode text)
language sql set search_path = pg_catalog, pg_temp
as $$
  with due as (
    select v.id
      from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
     where v.capture_id is null and v.dropped_at is null and v.sync_status in ('synced', 'error', 'pending_rebackfill')
       and v.last_synced_at is not null and g.store = any (p_stores) and v.next_poll_at <= clock_timestamp()
     order by v.next_poll_at limit 1 for update of v skip locked
  ), taken as (
    update embedd.vector_tables v set next_poll_at = clock_timestamp() + p_lease
      from due where v.id = due.id
    returning v.id, v.sync_mode
  )
  select g.id, t.sync_mode from taken t
    join embedd.generations g on g.vector_table_id = t.id and g.state in ('active', 'building', 'draining')
   order by g.state = 'active', g.id
$$;

-- A due job that two workers in a row died with, of whatever lane, to be worked on alone: while a worker has one it takes no
-- other job of the generation, so the next death tells which row it was. One that a third worker died with becomes a
-- dead letter, and the others go on. Null: there is none, take ordinary jobs. Empty: wait for what is under way here.
-- The last death is not in crashes yet: the lease that nobody gave back stands for it.
create or replace function embedd.claim_suspect(p_generation_id bigint, p_worker text) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_job embedd.jobs;
begin
  if exists (select from embedd.jobs j
              where j.generation_id = p_generation_id and j.state = 'queued' and j.crashes > 1 and j.worker = p_worker
                and j.leased_until > clock_timestamp()) then
    return '{}';
  end if;
  loop
    select * into v_job from embedd.jobs j
     where j.generation_id = p_generation_id and j.state = 'queued' and j.crashes > 0
       and j.crashes + (j.leased_until is not null)::int >= 2
       and j.run_at <= clock_timestamp() and (j.leased_until is null or j.leased_until < clock_timestamp())
     order by j.crashes + (j.leased_until is not null)::int desc, j.run_at, j.key limit 1 for update skip locked;
    if not found then
      return null;
    end if;
    if v_job.crashes + (v_job.leased_until is not null)::int = 2 then
      return case when exists (
        select from embedd.jobs j
         where j.generation_id = p_generation_id and j.worker = p_worker and j.leased_until > clock_timestamp())
      then '{}' else array[v_job.key] end;
    end if;
    update embedd.jobs
       set state = 'dead', crashes = 3, attempts = attempts + 1, leased_until = null, worker = null, run_at = clock_timestamp(),
           error_class = 'crash', error = 'Three workers in a row ended while they worked on this row.'
     where generation_id = p_generation_id and key = v_job.key;
  end loop;
end
$$;

-- One page of a polled source: queues keys that are new or whose row hash differs; returns how many were known.
-- A key that already has a job is left to it: that job's read, or the next cycle, sees the change. A dead letter is tried
-- again when the row is no longer the one it was made for.
create or replace function embedd.compare_hashes(p_generation_id bigint, p_keys text[], p_hashes text[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  with page as (
    select d.key, d.hash, s.key is not null as known, s.source_hash, j.key is not null as dead, j.source_hash as dead_hash
      from unnest(p_keys, p_hashes) d (key, hash)
      left join embedd.row_states s on s.generation_id = p_generation_id and s.key = d.key
      left join embedd.jobs j on j.generation_id = p_generation_id and j.key = d.key and j.state = 'dead'
  ), queued as (
    insert into embedd.jobs (generation_id, key, lane, source_hash)
    select p_generation_id, key, 'live', hash from page
     where case when dead then dead_hash is distinct from hash else source_hash is distinct from hash end order by key
    on conflict (generation_id, key) do update
       set want = jobs.want + 1, lane = 'live', state = 'queued', attempts = 0, crashes = least(jobs.crashes, 2), run_at = excluded.run_at,
           dirty_since = excluded.dirty_since, source_hash = excluded.source_hash, error_class = null, error = null
     where jobs.state = 'dead' and jobs.source_hash is distinct from excluded.source_hash
  )
  select count(*) from page where known or dead
$$;

-- How many keys the ledger knows: rows the store is believed to hold, and dead letters it has none of.
create or replace function embedd.count_known(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from embedd.row_states where generation_id = p_generation_id)
       + (select count(*) from embedd.jobs j
           where j.generation_id = p_generation_id and j.state = 'dead'
             and not exists (select from embedd.row_states s where s.generation_id = p_generation_id and s.key = j.key))
$$;

-- What is known of a polled source, in buckets of keys: how many keys each holds and a digest of their row hashes. The worker
-- compares them with the same sums over the source, computed there (embedd_pg/sources/table.py), so that only rows of buckets
-- that differ have to be shipped. A dead letter counts with the row it was made for.
create or replace function embedd.digest_keys(p_generation_id bigint, p_buckets int)
returns table (bucket int, keys bigint, digest bigint)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (('x' || substr(md5(k.key), 1, 8))::bit(32)::bigint % p_buckets)::int, count(*),
         bit_xor(('x' || substr(md5(k.key || ':' || k.hash), 1, 16))::bit(64)::bigint)
    from (select coalesce(s.key, j.key) as key, coalesce(case when j.key is null then s.source_hash else j.source_hash end, '') as hash
            from (select * from embedd.row_states where generation_id = p_generation_id) s
            full join (select * from embedd.jobs where generation_id = p_generation_id and state = 'dead') j on j.key = s.key) k
   group by 1
$$;

-- Makes keys dirty in a lane. A key that already waits in the live lane stays there; one that was set aside because workers
-- died with it is tried alone.
create or replace function embedd.enqueue_keys(p_generation_id bigint, p_keys text[], p_lane text) returns void
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  insert into embedd.jobs (generation_id, key, lane)
  select p_generation_id, k, p_lane from (select distinct unnest(p_keys)) keys (k) order by k
  on conflict (generation_id, key) do update
     set want = jobs.want + 1, attempts = 0, crashes = least(jobs.crashes, 2), state = 'queued', run_at = least(jobs.run_at, excluded.run_at),
         lane = case when jobs.lane = 'live' and jobs.state = 'queued' then 'live' else excluded.lane end
$$;

-- Heartbeat: keeps what this worker still works on. Returns the tokens that are still its own.
create or replace function embedd.extend_leases(p_generation_id bigint, p_token bigint, p_keys text[], p_lease interval) returns bigint
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  with kept as (
    update embedd.jobs j set leased_until = clock_timestamp() + p_lease
      from (select key from embedd.jobs
             where generation_id = p_generation_id and key = any (p_keys) and token = p_token
             order by key for update) mine
     where j.generation_id = p_generation_id and j.key = mine.key
    returning 1
  )
  select count(*) from kept
$$;

-- The generations with jobs that are due, by lane; lane 'range' stands for ranges of a first backfill. changed_at tells a
-- worker whether what it knows of the table is stale.
-- The planner settings here and wherever else jobs are looked for: statistics of a queue are always out of date, and by an
-- index each look costs the same whatever they say.
create or replace function embedd.find_work()
returns table (generation_id bigint, vector_table_id text, lane text, store text, changed_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select g.id, v.id, l.lane, g.store, v.changed_at
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    cross join (values ('live', 1), ('backfill', 2), ('verify', 3), ('range', 4)) l (lane, place)
   where g.state <> 'dropped' and v.dropped_at is null and v.sync_status not in ('pending', 'paused')
     and case when l.lane = 'range'
         then exists (select from embedd.ranges r
                       where r.generation_id = g.id and r.run_at <= clock_timestamp()
                         and (r.leased_until is null or r.leased_until < clock_timestamp()))
         -- From the latest back: the earliest are those that have been done, and their rows may not be gone yet.
         else exists (select from (
                select from embedd.jobs j
                 where j.generation_id = g.id and j.lane = l.lane and j.state = 'queued'
                   and j.run_at <= clock_timestamp()
                   and (j.leased_until is null or j.leased_until < clock_timestamp())
                 order by j.run_at desc limit 1) due) end
   order by l.place, g.id
$$;

-- The store of a dropped generation is gone: forget the generation, and its vector table with the last one, unless
-- triggers of it are still to be removed elsewhere.
create or replace function embedd.finish_drop(p_generation_id bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
begin
  delete from embedd.generations where id = p_generation_id and state = 'dropped' returning vector_table_id into v_table;
  delete from embedd.vector_tables v
   where v.id = v_table and v.dropped_at is not null and v.remote_capture_id is null
     and not exists (select from embedd.generations g where g.vector_table_id = v.id);
end
$$;

-- A cycle over a polled source has ended; the next comes after p_delay. With an error nothing was deleted. With neither
-- an error nor a count nothing was learned: only the time moves (a cycle that goes on, or that was interrupted).
create or replace function embedd.finish_poll(p_vector_table_id text, p_error text, p_source_rows bigint, p_delay interval) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd.record_sync(p_vector_table_id, p_error, p_source_rows) where p_error is not null or p_source_rows is not null;
  update embedd.vector_tables set next_poll_at = clock_timestamp() + p_delay where id = p_vector_table_id
$$;

-- What an operator looks at: a row for each thing measured. alert is null while all is well, else one sentence that says
-- what is the matter, which session causes it, and what to do. Ages are in seconds; what is older than p_patience alerts.
-- Whoever may not see other people's sessions (pg_monitor) learns of their age only in transactions.
create or replace function embedd.health(patience interval default '5 minutes')
returns table (subject text, value double precision, alert text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with limits as (
    select extract(epoch from patience)::float8 as patience
  ), jobs as (
    select j.lane, j.state, extract(epoch from clock_timestamp() - j.dirty_since)::float8 as age
      from embedd.jobs j
      join embedd.generations g on g.id = j.generation_id and g.state <> 'dropped'
      join embedd.vector_tables v on v.id = g.vector_table_id and v.dropped_at is null and v.sync_status <> 'paused'
  ), sessions as (
    -- backend_xmin: what VACUUM may not remove is as old as the oldest of these.
    select format('process %s (user %s, %s, %s)', pid, usename, coalesce(nullif(application_name, ''), 'unnamed'),
                  coalesce(state, 'state not visible')) as who,
           extract(epoch from clock_timestamp() - xact_start)::float8 as age,
           greatest(age(backend_xid), age(backend_xmin)) as transactions, datname = current_database() as here, state
      from pg_stat_activity
     where backend_type in ('client backend', 'walsender') and pid <> pg_backend_pid()
    union all
    select format('prepared transaction %s (user %s)', gid, owner), extract(epoch from clock_timestamp() - prepared),
           age(transaction), database = current_database(), 'prepared'
      from pg_prepared_xacts
    union all
    select format('replication slot %s', slot_name), null, age(xmin), true, 'slot' from pg_replication_slots where xmin is not null
  ), oldest as (
    select * from sessions where here is not false and transactions is not null
     order by age desc nulls last, transactions desc limit 1
  ), waiting as (
    select * from sessions where state like 'idle in transaction%' order by age desc nulls last limit 1
  ), measured (place, subject, value, alert) as (
    select 1, 'outbox_age', coalesce(extract(epoch from clock_timestamp() - (select at from embedd.outbox order by id limit 1)), 0),
           'Changes wait in the outbox: no worker takes them. Start one, or see what its log says.'
    union all
    select 2 + l.place, 'job_age_' || l.lane, coalesce((select max(age) from jobs where state = 'queued' and lane = l.lane), 0),
           format('Changed rows wait in lane %s: sync_status() shows what stops their vector tables.', l.lane)
      from (values ('live', 1), ('backfill', 2), ('verify', 3)) l (lane, place)
    union all
    select 6, 'snapshot_age', coalesce((select age from oldest), 0),
           (select format('%s holds a snapshot, so VACUUM removes no row that is newer (%s transactions). End it if nobody needs it.',
                          who, transactions) from oldest)
  )
  select subject, value, case when value > limits.patience then alert end from (
    select * from measured order by place) m, limits
  union all
  select 'dead_letters', count(*), case when count(*) > 0 then
         format('%s rows were set aside; embedd.jobs has the reason of each. A change of the row tries again.', count(*)) end
    from jobs where state = 'dead'
  union all
  select 'notification_queue', used, case when used > 0.1 then
         format('The notification queue is full to %s %%: a session listens and stays in a transaction, oldest of those: %s. '
                'When it is full, NOTIFY fails for everybody.', round(used * 100), coalesce((select who from waiting), 'none to be seen')) end
    from (select pg_notification_queue_usage()) q (used)
  union all
  select 'dead_rows', coalesce(sum(n_dead_tup), 0), case when sum(n_dead_tup) > 100000 + sum(n_live_tup) then
         'Autovacuum does not keep up with the tables of embedd: see snapshot_age, or give it more to work with.' end
    from pg_stat_user_tables where schemaname = 'embedd' and relname in ('outbox', 'jobs', 'row_states')
  union all
  select 'listeners', count(*), case when count(*) = 0 and (select enabled from embedd.doorbell) then
         'No worker hears notifications: none runs, or a pooler in transaction mode keeps them back and workers poll.' end
    from pg_stat_activity where application_name = 'embedd listening' and datname = current_database()
$$;
comment on function embedd.health(interval) is 'What is old, stuck, full or held back: a row for each thing measured, with an alert.';

-- Turns what is in the outbox into jobs, one worker at a time; returns how many keys it took: p_limit or, as its last row
-- may have several, a few more, unless there were fewer. The rows leave the outbox in the same transaction, so each is in
-- exactly one of the two. A table not yet backfilled needs no jobs: its backfill reads every row later.
-- p_from saves looking at what is gone: ids below it may still commit, so somebody has to come back.
-- last_id is the last one taken, p_from - 1 if there was none, and null when another worker was at it.
create or replace function embedd.ingest(p_limit int, p_from bigint default 0)
returns table (events bigint, last_id bigint)
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_captures int[];
  v_page tid[];
  -- Longer keys may not fit the index of jobs. They must not stop everybody's ingest, so their table is reconciled:
  -- what does not fit then stops that task alone, and shows. A row whose key is null has no name and no job.
  v_longest int := 2600;
begin
  events := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('embedd.ingest', 0)) then
    return next;
    return;
  end if;
  v_page := array(
    select ctid from (
      select ctid, coalesce(cardinality(keys), 1) as own, sum(coalesce(cardinality(keys), 1)) over (rows unbounded preceding) as total
        from (select ctid, keys from embedd.outbox where id >= p_from limit p_limit) first_rows) counted
     where total - own < p_limit);
  with rows_ as (
    delete from embedd.outbox
     where ctid = any (array(select ctid from embedd.outbox where ctid = any (v_page) for update skip locked))
    returning id, capture_id, kind, key, keys, at
  ), taken as (
    select r.id, r.capture_id, r.kind, r.at, k.key from rows_ r cross join unnest(coalesce(r.keys, array[r.key])) k (key)
  ), queued as (
    insert into embedd.jobs (generation_id, key, want, lane, dirty_since)
    select g.id, t.key, count(*), 'live', min(t.at)
      from taken t
      join embedd.vector_tables v on v.capture_id = t.capture_id and v.sync_status <> 'pending' and v.dropped_at is null
      join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
     where t.kind = 'k' and octet_length(t.key) <= v_longest
     group by g.id, t.key order by g.id, t.key
    on conflict (generation_id, key) do update
       set want = jobs.want + excluded.want, lane = 'live', state = 'queued', attempts = 0, crashes = least(jobs.crashes, 2),
           run_at = least(jobs.run_at, excluded.run_at), error_class = null, error = null,
           dirty_since = least(jobs.dirty_since, excluded.dirty_since)
  )
  select count(*), coalesce(max(id), p_from - 1), array_agg(distinct capture_id) filter (where kind <> 'k' or octet_length(key) > v_longest)
    into events, last_id, v_captures from taken;
  if v_captures is not null then
    perform embedd.request_reconcile(id) from embedd.vector_tables
      where capture_id = any (v_captures) and dropped_at is null order by id;
  end if;
  return next;
end
$$;

-- A page of the known keys of some buckets of digest_keys(), in key order.
create or replace function embedd.keys_in_buckets(p_generation_id bigint, p_buckets int, p_which int[], p_after text, p_limit int)
returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select key from (
    select key from embedd.row_states where generation_id = p_generation_id and (p_after is null or key > p_after)
    union
    select key from embedd.jobs where generation_id = p_generation_id and state = 'dead' and (p_after is null or key > p_after)) known
   where (('x' || substr(md5(key), 1, 8))::bit(32)::bigint % p_buckets)::int = any (p_which)
   order by key limit p_limit
$$;

-- A page of the keys the ledger knows, those of dead letters too, in key order; p_unchecked_since: only those no attempt
-- since met.
create or replace function embedd.known_keys(p_generation_id bigint, p_after text, p_limit int, p_unchecked_since bigint default null)
returns setof text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  (select key from embedd.row_states
    where generation_id = p_generation_id and (p_after is null or key > p_after) and (p_unchecked_since is null or checked < p_unchecked_since)
    order by key limit p_limit)
  union
  (select key from embedd.jobs
    where generation_id = p_generation_id and state = 'dead' and (p_after is null or key > p_after)
      and (p_unchecked_since is null or token < p_unchecked_since)
    order by key limit p_limit)
  order by 1 limit p_limit
$$;

-- Under which alias each vector table in the managed store is to be found, and the collection that answers for it now. No
-- collection of ours begins like that. A copy that was detached has aliases of its own, as it has collections.
create or replace function embedd.list_aliases() returns table (alias text, collection text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform embedd.require_instance();
  return query
    select 'embedd_active_' || v.id || coalesce((select '_' || left(uid::text, 6) from embedd.instance where detached), ''), g.store_table
      from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
     where g.state = 'active' and g.store = 'qdrant' and v.dropped_at is null order by g.id;
end
$$;

-- Generations whose physical store still has to be removed; first gives up those that another one replaced a minute ago.
create or replace function embedd.list_dropped() returns table (generation_id bigint, store text)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.generations set state = 'dropped' where state = 'draining' and retired_at < clock_timestamp() - interval '1 minute';
  select id, store from embedd.generations where state = 'dropped' order by id
$$;

-- Generations whose store is in use, for regular upkeep; before the first backfill there is none.
create or replace function embedd.list_generations() returns table (generation_id bigint, store text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select g.id, g.store from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
   where g.state <> 'dropped' and v.dropped_at is null and v.sync_status <> 'pending' order by g.id
$$;

-- All a worker or a query needs to know of one generation; secrets only as encrypted envelopes or references.
create or replace function embedd.load_generation(p_generation_id bigint) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'id', g.id, 'store', g.store, 'beside', g.store = 'pgvector' and c.host is null, 'store_schema', g.store_schema, 'store_table', g.store_table,
    'vector_table_id', v.id, 'name', v.name, 'organization_id', v.organization_id, 'connection_id', v.connection_id,
    'sync_mode', v.sync_mode, 'sync_status', v.sync_status, 'polled', v.capture_id is null,
    'remote', coalesce(c.capture = 'remote_trigger', false), 'remote_capture_id', v.remote_capture_id,
    'followed', v.remote_capture_id is not null and coalesce(c.capture = 'remote_trigger', false)
                and exists (select from embedd.remote_outboxes o where o.connection_id = c.id and o.error is null),
    'tracked', (select jsonb_agg(distinct name) from (select t ->> 'name' from json_array_elements(v.columns) t
                                                      union all select unnest(v.condition_columns)) n (name)),
    'metered', v.mode = 'managed' and (select l.max_vectors is not null from embedd.organizations o, embedd.tier_limits(o.tier) l
                                        where o.id = v.organization_id),
    'source_schema', v.source_schema, 'source_name', v.source_name,
    'key', (select jsonb_agg(jsonb_build_object('name', name, 'type', type) order by place)
              from unnest(v.key_columns, v.key_types) with ordinality k (name, type, place)), 'columns', g.columns, 'language', v.language, 'condition',
    -- Only what is no table of its own can have a row without key.
    case when v.capture_id is null then concat_ws(' and ', v.condition, (select string_agg(format('%I is not null', name), ' and ') from unnest(v.key_columns) name))
         else v.condition end,
    'model', g.embedding_model, 'dimensions', g.embedding_dimensions,
    'chunking', g.chunking, 'store_settings', g.store_settings,
    'budgeted', e.monthly_token_budget is not null, 'paced', e.requests_per_minute is not null or e.tokens_per_minute is not null,
    'embedder_id', e.public_id, 'provider', g.provider, 'base_url', g.base_url, 'live_base_url', e.base_url,
    'api_path', e.api_path, 'max_sequence_length', e.max_sequence_length, 'credentials_form', e.credentials_form, 'credentials', e.credentials, 'secret_ref', e.secret_ref)
    from embedd.generations g
    join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.connections c on c.id = v.connection_id
    left join embedd.embedders e on e.id = g.embedder_id
   where g.id = p_generation_id
$$;

-- What the ledger knows of some keys, in one snapshot. busy: a change of the key waits or is being worked on, so source
-- and store may differ; while a task of the generation is under way, or the table was truncated, that holds for all keys.
-- dead: its job was set aside. token and checked: of the state that is believed, null where there is none.
create or replace function embedd.look_at_keys(p_generation_id bigint, p_keys text[])
returns table (key text, busy boolean, dead boolean, token bigint, checked bigint, source_hash text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with table_ as (
    select v.capture_id,
           exists (select from embedd.tasks t where t.generation_id = g.id and t.task_type <> 'verify' and t.status in ('pending', 'running'))
           or exists (select from embedd.outbox o where o.capture_id = v.capture_id and o.kind <> 'k') as busy
      from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
     where g.id = p_generation_id
  ), changed as (
    select k.key from embedd.outbox o join table_ on o.capture_id = table_.capture_id
     cross join unnest(coalesce(o.keys, array[o.key])) k (key) where k.key = any (p_keys) group by k.key
  )
  select k.key, table_.busy or changed.key is not null or coalesce(j.state = 'queued', false), coalesce(j.state = 'dead', false),
         s.token, s.checked, s.source_hash
    from unnest(p_keys) k (key)
    cross join table_
    left join changed on changed.key = k.key
    left join embedd.jobs j on j.generation_id = p_generation_id and j.key = k.key
    left join embedd.row_states s on s.generation_id = p_generation_id and s.key = k.key
$$;

-- One look for work, one transaction: take what is in the outbox, then say which generations have due jobs
-- and whether tasks, polled sources, outboxes elsewhere, captures there or stores that were dropped wait (none of which this
-- worker may be able to serve). p_arm asks
-- writers to ring from now on; without it those who come are told not to, for a worker that is kept busy needs no bell.
-- oldest: transactions before it had ended before the look; newest: those from it on began after. They tell the worker
-- behind which place of the outbox nothing is left.
create or replace function embedd.poll_work(p_limit int, p_from bigint, p_arm boolean) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_taken record;
  v_oldest xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  perform embedd.require_instance();
  select * into v_taken from embedd.ingest(p_limit, p_from);
  update embedd.doorbell set armed = p_arm where armed <> p_arm and (p_arm or v_taken.events > 0);
  return jsonb_build_object(
    'events', v_taken.events, 'last_id', v_taken.last_id, 'oldest', v_oldest::text::bigint,
    'newest', pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    'work', (select coalesce(jsonb_agg(w), '[]') from embedd.find_work() w),
    'tasks', exists (select from embedd.tasks where status in ('pending', 'running') and run_at <= clock_timestamp()
                        and (leased_until is null or leased_until < clock_timestamp())),
    'polls', exists (select from embedd.vector_tables where capture_id is null and dropped_at is null
                        and sync_status in ('synced', 'error', 'pending_rebackfill') and next_poll_at <= clock_timestamp()),
    'outboxes', exists (select from embedd.free_outboxes()),
    'captures', exists (select from embedd.vector_tables where dropped_at is not null and remote_capture_id is not null),
    'drops', exists (select from embedd.generations where state = 'dropped'
                        or state = 'draining' and retired_at < clock_timestamp() - interval '1 minute'));
end
$$;

-- Notes where the fence stands (once a minute) and returns the token below which tombstones can go: older than an hour
-- and older than any attempt still under way. Null while nothing is that old.
create or replace function embedd.prunable_token() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old bigint;
begin
  perform embedd.require_instance();
  insert into embedd.fence_marks (fence)
  select last_value from embedd.fence
   where not exists (select from embedd.fence_marks where at > clock_timestamp() - interval '1 minute');
  delete from embedd.fence_marks where at < clock_timestamp() - interval '2 hours';
  select max(fence) into v_old from embedd.fence_marks where at < clock_timestamp() - interval '1 hour';
  -- least() passes over nulls, so the first hour needs its own answer.
  return case when v_old is not null
              then least(v_old, (select min(token) from embedd.jobs where leased_until is not null),
                              (select min(token) from embedd.ranges where token > 0)) end;
end
$$;

-- A table's sync went well (p_error null) or met something that stops it. The status follows: error and back.
-- A first backfill counts as synced only when it is complete, which complete_task() says.
-- A table whose last backfill failed stays in error until another one completes: rows may be missing.
-- A table whose changes triggers elsewhere write down is in error as long as they cannot be fetched. What else went wrong
-- there may have kept a comparison from its end: the next one, which comes soon, clears the error (p_source_rows given).
create or replace function embedd.record_sync(p_vector_table_id text, p_error text, p_source_rows bigint default null) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables v
     set last_synced_at = case when b.error is null and last_synced_at is not null then clock_timestamp() else last_synced_at end,
         last_error = case when b.error is null and b.status = 'failed' then last_error else b.error end,
         last_error_at = case when b.error is not null then clock_timestamp() when b.status = 'failed' then last_error_at end,
         source_rows = coalesce(p_source_rows, source_rows),
         next_poll_at = case when b.error is not null and remote_capture_id is not null
                             then least(next_poll_at, clock_timestamp() + interval '10 s') else next_poll_at end,
         sync_status = case
           when sync_status in ('synced', 'backfilling', 'pending_rebackfill') and b.error is not null then 'error'
           when sync_status = 'error' and b.error is null and b.status in ('pending', 'running')
             then case b.task_type when 'rebackfill' then 'pending_rebackfill' else 'backfilling' end
           when sync_status = 'error' and b.error is null and b.status in ('completed', 'cancelled') then 'synced'
           else sync_status end
    from (select max(t.status) as status, max(t.task_type) as task_type,
                 coalesce(p_error, (select o.error from embedd.vector_tables f join embedd.remote_outboxes o using (connection_id)
                                      join embedd.connections c on c.id = o.connection_id and c.capture = 'remote_trigger'
                                     where f.id = p_vector_table_id and f.remote_capture_id is not null)) as error
            from (select status, task_type from embedd.tasks
                   where target_id = p_vector_table_id and task_type in ('backfill', 'rebackfill') order by created_at desc limit 1) t) b
   where id = p_vector_table_id and dropped_at is null
     and not (remote_capture_id is not null and sync_status = 'error' and p_error is null and p_source_rows is null)
$$;

-- The physical store of a generation was gone and has been made anew, empty: everything is to be written again. Returns how
-- many rows are lost; 0 for a store that nothing was written to, which is simply new.
-- What is believed is forgotten. Attempts under way may have written to the old store: their jobs get another token, so that
-- nothing they acknowledge counts, and the next claim asks the store. A backfill does the rest; one under way starts over.
-- Queries wait until it is complete.
create or replace function embedd.refill_generation(p_generation_id bigint) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := (select vector_table_id from embedd.generations where id = p_generation_id);
  v_state text;
  v_token bigint := nextval('embedd.fence');
  v_lost bigint;
begin
  perform from embedd.vector_tables where id = v_table for no key update;
  perform from embedd.jobs where generation_id = p_generation_id order by key for update;
  update embedd.jobs set token = v_token, leased_until = null, worker = null where generation_id = p_generation_id and leased_until is not null;
  delete from embedd.row_states where generation_id = p_generation_id;
  get diagnostics v_lost = row_count;
  if v_lost = 0 then
    return 0;
  end if;
  delete from embedd.ranges where generation_id = p_generation_id;
  update embedd.generations set refilling = state = 'active' where id = p_generation_id and state <> 'draining' returning state into v_state;
  if v_state is null then
    return v_lost;
  end if;
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v.organization_id, case v_state when 'building' then 'rebackfill' else 'backfill' end, v.id, p_generation_id
    from embedd.vector_tables v where v.id = v_table
  on conflict (generation_id, (task_type = 'reconcile')) where status in ('pending', 'running') and task_type <> 'verify'
  do update set phase = 'source', start_token = null, last_processed_pk = null, rows_processed = 0, ranged = null,
                leased_until = null, worker = null, run_at = now();
  update embedd.vector_tables set sync_status = 'backfilling', changed_at = now()
   where id = v_table and v_state = 'active' and sync_status in ('synced', 'error');
  perform pg_notify('embedd', '');
  return v_lost;
end
$$;

-- Gives leased jobs back for a later try. p_burn: the fault was the row's own, so it counts against the row, and at
-- p_max_attempts the job is set aside as dead. Faults of a provider, a store or a source never count, nor does the
-- fault of a row that changed since it was read; and who gives a job back has survived it, so its crashes are forgotten.
-- p_wants is each job's want at its claim, parallel to p_keys.
create or replace function embedd.release_jobs(
  p_generation_id bigint, p_token bigint, p_keys text[], p_delay interval, p_error_class text, p_error text,
  p_burn boolean, p_max_attempts int, p_wants bigint[] default null)
returns void
language sql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  update embedd.jobs j
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay, error_class = p_error_class, error = p_error,
         attempts = j.attempts + mine.burn::int, crashes = 0,
         state = case when mine.burn and j.attempts + 1 >= p_max_attempts then 'dead' else 'queued' end
    from (select jobs.key, p_burn and coalesce(jobs.want = d.want, true) as burn
            from embedd.jobs join unnest(p_keys, coalesce(p_wants, '{}')) d (key, want) on jobs.key = d.key
           where generation_id = p_generation_id and token = p_token
           order by jobs.key for update of jobs) mine
   where j.generation_id = p_generation_id and j.key = mine.key
$$;

-- How many more rows a generation may hold within its organization's tier, never below 0; null is no limit. The other
-- managed tables count with what answers queries; a generation being built counts instead of the one it replaces.
create or replace function embedd.remaining_vectors(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, l.max_vectors - (
           select count(*) from embedd.row_states r
             join embedd.generations g on g.id = r.generation_id
             join embedd.vector_tables v on v.id = g.vector_table_id
            where v.organization_id = mine.organization_id and v.mode = 'managed' and v.dropped_at is null
              and (g.id = p_generation_id or g.state = 'active' and v.id <> mine.id)))
    from embedd.generations own
    join embedd.vector_tables mine on mine.id = own.vector_table_id
    join embedd.organizations o on o.id = mine.organization_id
    cross join embedd.tier_limits(o.tier) l
   where own.id = p_generation_id and mine.mode = 'managed' and l.max_vectors is not null
$$;

-- Asks for every present and every known key of a vector table to be looked at again. One that already runs starts
-- over: it may have passed rows that changed unseen since.
create or replace function embedd.request_reconcile(p_vector_table_id text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id, priority)
  select v.organization_id, 'reconcile', v.id, g.id, 2
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
   where v.id = p_vector_table_id and v.sync_status <> 'pending'
  on conflict (generation_id, (task_type = 'reconcile')) where status in ('pending', 'running') and task_type <> 'verify'
  do update set phase = 'source', start_token = null, last_processed_pk = null, rows_processed = 0,
                leased_until = null, worker = null, run_at = now()
$$;

-- Queues keys whose point in the store is not what the ledger believes. Just queued they would come to nothing: the row is
-- as it was when it was written last. So the job is left as an attempt leaves it that died in the middle of its work, with
-- a token drawn just now that nothing was acknowledged under. Whoever claims it asks the store what it holds, and writes
-- under a token higher than any before, whatever the answer; text that the store holds already is not embedded again.
-- No concurrent attempt is disturbed: one that is under way keeps its token and its lease, and because the key is wanted
-- once more its acknowledgement leaves the job; it read the row and wrote after the difference was seen, or else left the
-- job with a token that is not the state's, which says the same as ours. An attempt that lost its lease acknowledges
-- nothing. A dead letter stays one until its row changes.
create or replace function embedd.suspect_keys(p_generation_id bigint, p_keys text[]) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  with drawn as materialized (select nextval('embedd.fence') as token)
  insert into embedd.jobs (generation_id, key, lane, token)
  select p_generation_id, k.key, 'verify', drawn.token
    from (select distinct unnest(p_keys) as key) k cross join drawn
   order by k.key
  on conflict (generation_id, key) do update
     set want = jobs.want + 1, run_at = least(jobs.run_at, excluded.run_at),
         token = case when jobs.leased_until > clock_timestamp() then jobs.token else greatest(jobs.token, excluded.token) end
   where jobs.state = 'queued'
$$;

-- Adds the next range of a task and moves its checkpoint, in one transaction. False: the task is no longer this
-- worker's; then nothing was added.
create or replace function embedd.add_range(
  p_task text, p_worker text, p_start_token bigint, p_after text, p_last text, p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks set last_processed_pk = p_last, leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
  returning * into v_task;
  if found then
    insert into embedd.ranges (generation_id, task_id, after_key, last_key) values (v_task.generation_id, p_task, p_after, p_last);
  end if;
  return found;
end
$$;

-- Leases one range to a worker under a new token, which is drawn when the range has long been committed: so whoever
-- claims one of its keys under a higher token knows of the range. The commit comes before any of its rows is read.
create or replace function embedd.claim_range(p_generation_id bigint, p_worker text, p_lease interval)
returns table (id bigint, token bigint, after_key text, last_key text, crashes int)
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd.require_instance();
  update embedd.ranges r
     set token = nextval('embedd.fence'), leased_until = clock_timestamp() + p_lease, worker = p_worker,
         crashes = r.crashes + (r.leased_until is not null)::int
   where r.id = (
     select n.id from embedd.ranges n
      where n.generation_id = p_generation_id and n.run_at <= clock_timestamp()
        and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.id limit 1 for update skip locked)
  returning r.id, r.token, r.after_key, r.last_key, r.crashes
$$;

-- Turns a range into ordinary jobs, for one whose workers died: they find the row that does it. False: it is not ours.
create or replace function embedd.dissolve_range(p_range bigint, p_token bigint, p_keys text[]) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_range embedd.ranges;
begin
  delete from embedd.ranges where id = p_range and token = p_token returning * into v_range;
  if not found then
    return false;
  end if;
  perform embedd.enqueue_keys(v_range.generation_id, p_keys, 'backfill');
  update embedd.tasks set rows_processed = rows_processed + cardinality(p_keys) where id = v_range.task_id;
  return true;
end
$$;

-- Renews the lease of a range; false when it is not ours any more.
create or replace function embedd.extend_range(p_range bigint, p_token bigint, p_lease interval) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.ranges set leased_until = clock_timestamp() + p_lease where id = p_range and token = p_token;
  return found;
end
$$;

-- Acknowledges a range that hold_range() locked, in the transaction that wrote its rows, after it wrote them. Arrays run
-- in parallel, one entry per row written; rows that a live change was faster to write are not among them. p_later: keys
-- left for ordinary jobs, as those of rows that the provider refuses: they may have changed since they were read, and
-- only a job knows.
create or replace function embedd.finish_range(
  p_range bigint, p_token bigint, p_keys text[], p_text_hashes text[], p_metadata_hashes text[], p_later text[], p_rows bigint)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_range embedd.ranges;
begin
  delete from embedd.ranges where id = p_range and token = p_token returning * into strict v_range;
  insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)
  select v_range.generation_id, d.key, p_token, d.text_hash, d.metadata_hash, p_token
    from unnest(p_keys, p_text_hashes, p_metadata_hashes) d (key, text_hash, metadata_hash)
  on conflict (generation_id, key) do update
     set token = excluded.token, text_hash = excluded.text_hash, metadata_hash = excluded.metadata_hash, checked = excluded.checked
   where row_states.token < excluded.token;
  perform embedd.enqueue_keys(v_range.generation_id, p_later, 'backfill');
  update embedd.tasks set rows_processed = rows_processed + p_rows where id = v_range.task_id;
end
$$;

-- Locks a range for the transaction that writes its rows. False: somebody else has it by now, or it is not wanted any
-- more; then nothing may be written.
create or replace function embedd.hold_range(p_range bigint, p_token bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  perform from embedd.ranges where id = p_range and token = p_token for update;
  return found;
end
$$;

-- Whether a backfill of a generation may lease key ranges: only where the write and its acknowledgement are one
-- transaction (the vectors lie beside the ledger), so that an attempt that lost its lease writes nothing; and only while
-- nothing is known of the rows, so that there is nothing to compare.
create or replace function embedd.may_range(p_generation_id bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (g ->> 'beside')::boolean and not (g ->> 'polled')::boolean
         and not exists (select from embedd.row_states where generation_id = p_generation_id)
    from embedd.load_generation(p_generation_id) g
$$;

-- Those of a range's keys that others see to: a job waits for them, or an attempt has been there and every change since
-- makes a job. The range need not embed them.
create or replace function embedd.met_keys(p_generation_id bigint, p_keys text[]) returns setof text
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select k from unnest(p_keys) k
   where exists (select from embedd.jobs where generation_id = p_generation_id and key = k)
      or exists (select from embedd.row_states where generation_id = p_generation_id and key = k)
$$;

-- Gives a range back to be tried again later.
create or replace function embedd.release_range(p_range bigint, p_token bigint, p_delay interval, p_error_class text, p_error text)
returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.ranges
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay, error_class = p_error_class, error = p_error
   where id = p_range and token = p_token
$$;

-- A connection whose outbox nobody fetches from at present, leased; null when there is none. p_except: not these.
create or replace function embedd.claim_remote_outbox(p_worker text, p_lease interval, p_except text[]) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_connection text;
begin
  perform embedd.require_instance();
  update embedd.remote_outboxes o set worker = p_worker, leased_until = clock_timestamp() + p_lease
   where o.connection_id = (select f.connection_id from embedd.free_outboxes() f where f.connection_id <> all (p_except) limit 1)
     and (o.leased_until is null or o.leased_until < clock_timestamp())
  returning o.connection_id into v_connection;
  return v_connection;
end
$$;

-- Events can be fetched, and the worker goes on doing so; false when it is not to: another one does, or there is no table left.
-- Where it was not possible before, tables that show an error are compared at once, which clears it. All connections to the same
-- database are meant.
create or replace function embedd.extend_remote_outbox(p_connection_id text, p_worker text, p_lease interval) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_line uuid;
  v_failed text[];
begin
  perform embedd.require_instance();
  update embedd.remote_outboxes o set leased_until = clock_timestamp() + p_lease
   where o.connection_id = p_connection_id and o.worker = p_worker
     and exists (select from embedd.vector_tables v join embedd.connections c on c.id = v.connection_id
                  where c.id = o.connection_id and c.capture = 'remote_trigger' and v.remote_capture_id is not null and v.dropped_at is null)
  returning o.line into v_line;
  if not found then
    return false;
  end if;
  with mended as (
    update embedd.remote_outboxes set error = null where line = v_line and error is not null returning connection_id
  )
  select array_agg(connection_id) into v_failed from mended;
  update embedd.vector_tables set next_poll_at = clock_timestamp()
   where connection_id = any (v_failed) and remote_capture_id is not null and sync_status = 'error';
  return true;
end
$$;

-- Dropped vector tables have no capture elsewhere any more; those whose stores are gone, too, are forgotten.
create or replace function embedd.finish_capture_drop(p_connection_id text, p_capture_id int) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.vector_tables set remote_capture_id = null
   where connection_id = p_connection_id and remote_capture_id = p_capture_id and dropped_at is not null;
  delete from embedd.vector_tables v
   where v.connection_id = p_connection_id and v.dropped_at is not null and v.remote_capture_id is null
     and not exists (select from embedd.generations g where g.vector_table_id = v.id)
$$;

-- Connections with tables whose changes triggers elsewhere write down, while no worker fetches them; whoever fetches over
-- one connection takes the events of all that lead to the same database.
create or replace function embedd.free_outboxes() returns table (connection_id text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select o.connection_id from embedd.remote_outboxes o join embedd.connections c on c.id = o.connection_id
   where (o.leased_until is null or o.leased_until < clock_timestamp()) and c.capture = 'remote_trigger'
     and not exists (select from embedd.remote_outboxes t where t.line = o.line and t.worker is not null and t.leased_until > clock_timestamp())
     and exists (select from embedd.vector_tables v where v.connection_id = c.id and v.remote_capture_id is not null and v.dropped_at is null)
$$;

-- Turns events that were fetched over a connection into jobs, as ingest() does with those of this database: arrays run in
-- parallel, an entry for each key. They are removed there only when this has committed; if that fails they come again, which
-- costs a read. p_line: the database they are from, to which several connections may lead. A table not yet backfilled needs no jobs: its backfill reads every row later.
create or replace function embedd.ingest_remote(p_line uuid, p_captures int[], p_kinds text[], p_keys text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_longest int := 2600;  -- as in ingest()
begin
  perform embedd.require_instance();
  insert into embedd.jobs (generation_id, key, want, lane)
  select g.id, e.key, count(*), 'live'
    from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
    join embedd.remote_outboxes o on o.line = p_line
    join embedd.vector_tables v on v.connection_id = o.connection_id and v.remote_capture_id = e.capture_id
                               and v.sync_status <> 'pending' and v.dropped_at is null
    join embedd.generations g on g.vector_table_id = v.id and g.state <> 'dropped'
   where e.kind = 'k' and octet_length(e.key) <= v_longest
   group by g.id, e.key order by g.id, e.key
  on conflict (generation_id, key) do update
     set want = jobs.want + excluded.want, lane = 'live', state = 'queued', attempts = 0, crashes = least(jobs.crashes, 2),
         run_at = least(jobs.run_at, excluded.run_at), error_class = null, error = null;
  perform embedd.request_reconcile(v.id) from embedd.vector_tables v join embedd.remote_outboxes o using (connection_id)
    where o.line = p_line and v.dropped_at is null and v.remote_capture_id in (
            select e.capture_id from unnest(p_captures, p_kinds, p_keys) e (capture_id, kind, key)
             where e.kind <> 'k' or octet_length(e.key) > v_longest)
    order by v.id;
end
$$;

-- Captures elsewhere whose triggers still have to be removed: their last vector table was dropped. First lets go of those
-- that another vector table needs, over the same connection or another one to the same database.
create or replace function embedd.list_dropped_captures() returns table (connection_id text, remote_capture_id int)
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd.finish_capture_drop(d.connection_id, d.remote_capture_id)
    from embedd.vector_tables d join embedd.remote_outboxes o using (connection_id)
    join embedd.remote_outboxes t using (line) join embedd.vector_tables v on v.connection_id = t.connection_id and v.remote_capture_id = d.remote_capture_id
   where d.dropped_at is not null and v.dropped_at is null;
  select distinct connection_id, remote_capture_id from embedd.vector_tables where dropped_at is not null and remote_capture_id is not null
$$;

-- What came of the attempt to have a table's changes written down in the database of its connection: the capture there, or
-- why there is none. That is told once, and the table is compared as one that has no triggers.
create or replace function embedd.record_remote_capture(p_vector_table_id text, p_capture_id int, p_line uuid, p_refusal text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if p_capture_id is null then
    perform embedd.add_notice(p_vector_table_id, p_refusal)
      where p_refusal is distinct from (select n.message from embedd.notices n where n.vector_table_id = p_vector_table_id order by n.id desc limit 1);
    return;
  end if;
  update embedd.vector_tables set remote_capture_id = p_capture_id, changed_at = clock_timestamp()
   where id = p_vector_table_id and dropped_at is null and remote_capture_id is distinct from p_capture_id;
  insert into embedd.remote_outboxes as o (connection_id, line)
  select connection_id, p_line from embedd.vector_tables where id = p_vector_table_id
  on conflict (connection_id) do update set line = excluded.line where o.line <> excluded.line;
end
$$;

-- The worker stops fetching; another one may after p_delay. With an error all tables concerned show it, and are compared
-- as if they had no triggers until events can be fetched again.
create or replace function embedd.release_remote_outbox(p_connection_id text, p_worker text, p_error text, p_delay interval) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.remote_outboxes set leased_until = clock_timestamp() + p_delay, worker = null, error = coalesce(p_error, error)
   where connection_id = p_connection_id and worker = p_worker;
  if found and p_error is not null then
    perform embedd.record_sync(id, p_error) from embedd.vector_tables
      where connection_id = p_connection_id and remote_capture_id is not null and dropped_at is null;
  end if;
end
$$;

-- One operator of a filter as a condition on the metadata of a store. False where the field is missing.
create or replace function embedd.field_condition(p_field text, p_type text, p_operator text, p_operand jsonb, p_path text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_operator text := regexp_replace(p_operator, '^\$', '');
  v_kind text := case p_type when 'keyword' then 'string' when 'boolean' then 'boolean' else 'number' end;
  v_operands jsonb := case when v_operator in ('in', 'nin') then p_operand else jsonb_build_array(p_operand) end;
  v_documents text[];
begin
  if v_operator = 'exists' and jsonb_typeof(p_operand) = 'boolean' then
    return format('coalesce(metadata -> %L not in (''null'', ''[]''), false) = %L', p_field, p_operand::text);
  elsif v_operator not in ('eq', 'ne', 'neq', 'in', 'nin', 'gt', 'gte', 'lt', 'lte') then
    raise exception using errcode = 'EBV01', message = format('%s is not an operator, or must be true or false.', p_path),
      hint = 'Use eq, ne, gt, gte, lt, lte, in, nin or exists.';
  elsif jsonb_typeof(v_operands) <> 'array' then
    raise exception using errcode = 'EBV01', message = format('%s must be an array.', p_path), hint = 'For example ["a", "b"].';
  elsif exists (select from jsonb_array_elements(v_operands) o where jsonb_typeof(o) <> v_kind) then
    raise exception using errcode = 'EBV01', message = format('%s must be a %s.', p_path, v_kind),
      hint = format('The field is %s. Use exists to ask whether it is there.', p_type);
  end if;
  if p_type = 'float' then
    -- As they are stored: doubles.
    v_operands := (select coalesce(jsonb_agg((o #>> '{}')::float8), '[]') from jsonb_array_elements(v_operands) o);
  end if;
  if v_operator in ('gt', 'gte', 'lt', 'lte') then
    if v_kind <> 'number' then
      raise exception using errcode = 'EBV01', message = format('%s is a comparison of numbers, but the field is %s.', p_path, p_type),
        hint = 'Use eq, ne, in, nin or exists.';
    end if;
    -- Not `and`, which may be evaluated from either side: the cast must not meet another type.
    return format('(case when jsonb_typeof(metadata -> %1$L) = ''number'' then (metadata ->> %1$L)::numeric %2$s %3$L::numeric else false end)',
                  p_field, case v_operator when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, v_operands ->> 0);
  end if;
  -- Containment compares type and value, and the index on metadata knows it.
  v_documents := array(select jsonb_build_object(p_field, o)::text from jsonb_array_elements(v_operands) o);
  return format('%s(metadata @> any(%L::text[]::jsonb[]))', case when v_operator in ('ne', 'neq', 'nin') then 'not ' else '' end, v_documents);
exception when numeric_value_out_of_range then
  raise exception using errcode = 'EBV01', message = format('%s must be a number within the range of a double.', p_path),
    hint = 'Compare with a smaller number.';
end
$$;

-- A filter (contract, section 3.7) as a condition on the metadata of a store, its every value a literal. `p_fields` are the
-- fields there are, and their types.
create or replace function embedd.filter_condition(p_filters jsonb, p_fields jsonb, p_path text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts text[] := '{}';
  v_name text;
  v_value jsonb;
  v_at text;
begin
  if jsonb_typeof(p_filters) <> 'object' then
    raise exception using errcode = 'EBV01', message = format('%s must be an object that maps fields to conditions.', p_path),
      hint = 'For example {"price": {"lte": 150}}.';
  end if;
  for v_name, v_value in select key, value from jsonb_each(p_filters) loop
    v_at := format('%s.%s', p_path, v_name);
    if v_name in ('$or', '$and') and (jsonb_typeof(v_value) = 'array' or not p_fields ? v_name) then
      if jsonb_typeof(v_value) <> 'array' or v_value = '[]' then
        raise exception using errcode = 'EBV01', message = format('%s must be an array of at least one filter object.', v_at),
          hint = 'For example {"$or": [{"price": {"lte": 150}}, {"sale": true}]}.';
      end if;
      v_parts := v_parts || (
        select format('(%s)', string_agg(embedd.filter_condition(value, p_fields, format('%s[%s]', v_at, place - 1)),
                                         case v_name when '$or' then ' or ' else ' and ' end order by place))
          from jsonb_array_elements(v_value) with ordinality as e(value, place));
    elsif not p_fields ? v_name or v_value = '{}' then
      raise exception using errcode = 'EBV01', message = format('%s is not a filterable field, or names no operator.', v_at),
        hint = format('The fields are: %s.', coalesce((select string_agg(f, ', ' order by f) from jsonb_object_keys(p_fields) f), 'none'));
    else
      if jsonb_typeof(v_value) <> 'object' then
        v_value := jsonb_build_object('eq', v_value);
      end if;
      v_parts := v_parts || array(
        select embedd.field_condition(v_name, p_fields ->> v_name, key, value, format('%s.%s', v_at, key)) from jsonb_each(v_value));
    end if;
  end loop;
  return coalesce(nullif(array_to_string(v_parts, ' and '), ''), 'true');
end
$$;

-- Keys and scores of the rows with words of a query in a store beside us, the most and rarest words first: each word's rank
-- times what it weighs in BM25; and what share of the words each has. At most 5,000 rows are ranked; where more have a word, the most common ones only rank.
create or replace function embedd.lexical_rows(p_generation jsonb, p_query text, p_condition text, p_limit int)
returns table (pk_value text, score float8, share float8)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_candidates constant int := 5000;
  v_table regclass := format('%I.%I', p_generation ->> 'store_schema', p_generation ->> 'store_table')::regclass;
  v_total float8 := (select reltuples from pg_class where oid = v_table);
  v_language regconfig := format('pg_catalog.%I', p_generation ->> 'language')::regconfig;
  v_words text := format('to_tsvector(%L::regconfig, left(embedded_text, 100000))', 'pg_catalog.' || (p_generation ->> 'language'));
  v_terms text[];
  v_shares float8[];
  v_queries text[];
  v_matching text;
begin
  with known as (
    select unnest(s.most_common_elems::text::text[]) as word, unnest(s.most_common_elem_freqs) as share
      from pg_index x
      join pg_class i on i.oid = x.indexrelid
      join pg_am a on a.oid = i.relam and a.amname = 'gin'
      join pg_namespace n on n.oid = i.relnamespace
      join pg_stats s on s.schemaname = n.nspname and s.tablename = i.relname
     where x.indrelid = v_table and x.indexprs is not null
  )
  select array_agg(t.lexeme order by k.share nulls first, t.lexeme), array_agg(coalesce(k.share, 0) order by k.share nulls first, t.lexeme)
    into v_terms, v_shares
    from unnest(to_tsvector(v_language, left(p_query, 100000))) t left join known k on k.word = t.lexeme;
  if v_terms is null then
    return;
  end if;
  v_queries := array(select '''' || replace(replace(t, '\', '\\'), '''', '''''') || '''' from unnest(v_terms) t);
  if v_shares[1] * v_total > v_candidates and cardinality(v_terms) > 1 then
    v_matching := format('%s & (%s)', v_queries[1], array_to_string(v_queries[2:], ' | '));
  else
    v_matching := (select string_agg(q, ' | ') from (
      select q, place, sum(u.share * v_total) over (order by place) as rows from unnest(v_queries, v_shares) with ordinality as u(q, share, place)) ranked
       where place = 1 or rows <= v_candidates);
  end if;
  return query execute format($query$
    with matching as materialized (
      select s.pk_value, %1$s as words from %2$s s where not dead and %1$s @@ $1::tsquery and %3$s limit $2
    ), found as (
      select m.pk_value, t.term, t.share, ts_rank('{1,1,1,1}', m.words, t.query::tsquery, 1) as rank
        from matching m join unnest($3, $4, $5) t(term, query, share) on m.words @@ t.query::tsquery
    ), counted as (
      select term, greatest(count(*), $6 * share)::float8 as rows from found group by term, share
    ), weighed as (
      select term, ln(1 + (greatest($6, rows) - rows + 0.5) / (rows + 0.5)) as weight from counted
    )
    select f.pk_value, sum(rank * weight)::float8, count(*)::float8 / cardinality($3) from found f join weighed using (term)
     group by 1 order by 2 desc, 1 limit $7
    $query$, v_words, v_table, p_condition) using v_matching, v_candidates, v_terms, v_queries, v_shares, v_total, p_limit;
end
$$;

-- Keys and cosine similarities of the rows nearest to a vector in a store beside us, along the HNSW index, or exactly where
-- that yields too few. Where texts are cut into passages, a row is as near as its nearest one.
create or replace function embedd.nearest_rows(p_generation jsonb, p_vector real[], p_condition text, p_limit int)
returns table (pk_value text, score float8)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_dimensions int := (p_generation ->> 'dimensions')::int;
  v_schema name := (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector');
  v_cast text := format('%I.vector', v_schema);
  v_column text := 'embedding';
  v_found text := format('%I.%I where not dead and embedding is not null', p_generation ->> 'store_schema', p_generation ->> 'store_table');
  -- How many vectors are taken for each row that is asked for; the last way, exact, takes null: all, or as many as rows.
  v_widths int[] := array[1, null];
  v_width int;
  v_candidates text;
  v_before text;
  v_keys text[];
  v_scores float8[];
begin
  if cardinality(p_vector) <> v_dimensions or array_position(p_vector, null) is not null then
    raise exception using errcode = 'EBV01', message = format('query_vector must have %s numbers.', v_dimensions),
      hint = format('Embed the query with the model %s.', p_generation ->> 'model');
  end if;
  execute format('select $1::%s', v_cast) using p_vector;  -- loads the library, which knows the settings below
  if v_dimensions > 2000 and v_dimensions <= 4000 then
    v_column := format('(embedding::%I.halfvec(%s))', v_schema, v_dimensions);
    v_cast := format('%s::%I.halfvec(%s)', v_cast, v_schema, v_dimensions);
  end if;
  if p_generation -> 'chunking' ->> 'strategy' <> 'none' then
    v_widths := array[4, 32, null];
    v_found := format('%1$I.%2$I join (select pk_value, metadata from %1$I.%3$I where not dead) stored using (pk_value) where true',
                      p_generation ->> 'store_schema', (p_generation ->> 'store_table') || '_passages', p_generation ->> 'store_table');
  end if;
  -- The index looks at more candidates than are asked for, and goes on while the condition drops some (pgvector 0.8).
  v_candidates := current_setting('hnsw.ef_search');
  perform set_config('hnsw.ef_search', least(1000, greatest(64, 2 * p_limit))::text, true);
  v_before := current_setting('hnsw.iterative_scan', true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', 'strict_order', true);
  end if;
  foreach v_width in array v_widths loop
    execute format('select array_agg(k), array_agg(1 - d) from (
                      select k, min(d) as d from (
                        select pk_value as k, 0::float8 + (embedding operator(%1$I.<=>) $1::%1$I.vector) as d from %2$s and %3$s
                         order by %4$s limit $3) near
                       group by k order by 2 limit $2) found',
                   v_schema, v_found, p_condition,
                   case when v_width is null then '2' else format('%s operator(%I.<=>) $1::%s', v_column, v_schema, v_cast) end)
       into v_keys, v_scores using p_vector, p_limit, case when v_widths[1] = 1 then p_limit else v_width * p_limit end;
    exit when cardinality(v_keys) >= p_limit;
  end loop;
  perform set_config('hnsw.ef_search', v_candidates, true);
  if v_before is not null then
    perform set_config('hnsw.iterative_scan', v_before, true);
  end if;
  return query select f.k, greatest(-1, least(1, f.s)) from unnest(v_keys, v_scores) f(k, s) order by 2 desc, 1;
end
$$;

-- The rows of a vector table that answer best, out of vectors in this database: by a vector that is given (`vector`, the score
-- is the cosine similarity), by words (`lexical`), or by both (`hybrid`). Filters as over REST. `passage` is the part of the text
-- that answers best, where texts are cut into passages: by the vector, or else the one with most words of the query.
create or replace function embedd.search(
  vector_table text,
  query_vector real[] default null,
  query text default null,
  "limit" int default 10,
  filters jsonb default null,
  search_mode text default 'vector'
) returns table (pk_value text, score float8, metadata jsonb, embedded_text text, passage text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_generation jsonb := embedd.searchable_generation(vector_table);
  v_rows int := "limit";
  v_fields jsonb := (select coalesce(jsonb_object_agg(c ->> 'name', c ->> 'filter_type'), '{}')
                       from jsonb_array_elements(v_generation -> 'columns') c where c ->> 'role' = 'metadata');
  v_condition text := case when filters is null then 'true' else embedd.filter_condition(filters, v_fields, 'filters') end;
  v_keys text[];
  v_scores float8[];
  v_passage text := 'null';
begin
  if not (v_generation ->> 'beside')::boolean then
    raise exception using errcode = 'EBV01', message = format('The vectors of %s are not in this database.', v_generation ->> 'name'),
      hint = format('Ask over REST: POST /v1/vector-tables/%s/query.', v_generation ->> 'vector_table_id');
  elsif coalesce(search_mode, '') not in ('vector', 'lexical', 'hybrid') then
    raise exception using errcode = 'EBV01', message = 'search_mode must be vector, lexical or hybrid.', hint = 'Leave it out for vector.';
  elsif v_rows is null or v_rows not between 1 and 1000 then
    raise exception using errcode = 'EBV01', message = 'limit must be between 1 and 1000.', hint = 'Leave it out for 10.';
  elsif search_mode <> 'lexical' and query_vector is null then
    raise exception using errcode = 'EBV01', message = format('search_mode %s needs a query_vector.', search_mode),
      hint = format('Embed the query with the model %s, or search with search_mode lexical.', v_generation ->> 'model');
  elsif search_mode <> 'vector' and coalesce(btrim(query), '') = '' then
    raise exception using errcode = 'EBV01', message = format('search_mode %s needs a query.', search_mode), hint = 'Say in words what to look for.';
  end if;
  case search_mode
    when 'vector' then
      select array_agg(n.pk_value), array_agg(n.score) into v_keys, v_scores
        from embedd.nearest_rows(v_generation, query_vector, v_condition, v_rows) n;
    when 'lexical' then
      select array_agg(l.pk_value), array_agg(l.score) into v_keys, v_scores
        from embedd.lexical_rows(v_generation, query, v_condition, v_rows) l;
    else
      -- A mean of both scores, 0.65 to 0.35, each brought to 0 to 1: by meaning from the least to the most similar, by words as a share of
      -- the best one, times the square of the share of the query's words that the row has.
      with by_vector as (
        select n.pk_value, n.score, min(n.score) over () as lowest, max(n.score) over () as highest
          from embedd.nearest_rows(v_generation, query_vector, v_condition, greatest(50, v_rows)) n
      ), by_words as (
        select l.pk_value, l.score / max(l.score) over () * l.share ^ 2 as score
          from embedd.lexical_rows(v_generation, query, v_condition, greatest(50, v_rows)) l
      ), fused as (
        select key as pk_value,
               0.65 * case when v.score is null then 0 when v.highest > v.lowest then (v.score - v.lowest) / (v.highest - v.lowest) else 1 end
               + 0.35 * coalesce(w.score, 0) as score
          from by_vector v(key) full join by_words w(key) using (key) order by 2 desc, 1 limit v_rows
      )
      select array_agg(f.pk_value), array_agg(f.score) into v_keys, v_scores from fused f;
  end case;
  if v_generation -> 'chunking' ->> 'strategy' <> 'none' then
    v_passage := format(
      'select substr(s.embedded_text, p.first_character, p.characters) from %I.%I p where p.pk_value = s.pk_value order by %s, p.passage limit 1',
      v_generation ->> 'store_schema', (v_generation ->> 'store_table') || '_passages',
      case when search_mode = 'lexical' then format(
        '(select count(*) from unnest(to_tsvector(%1$L::regconfig, substr(s.embedded_text, p.first_character, p.characters))) t
           where t.lexeme = any(tsvector_to_array(to_tsvector(%1$L::regconfig, left($3, 100000))))) desc',
        'pg_catalog.' || (v_generation ->> 'language'))
      else (select format('p.embedding operator(%1$I.<=>) $4::%1$I.vector', n.nspname)
              from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector') end);
  end if;
  return query execute format(
    'select s.pk_value, b.score, s.metadata, s.embedded_text, (%s) from unnest($1, $2) b(key, score)
       join %I.%I s on s.pk_value = b.key order by b.score desc, s.pk_value',
    v_passage, v_generation ->> 'store_schema', v_generation ->> 'store_table') using v_keys, v_scores, query, query_vector;
end
$$;
comment on function embedd.search(text, real[], text, int, jsonb, text) is
  'The rows that answer best, out of vectors in this database: by a vector, by words, or both.';

-- Asks for every row of the source table to be brought up to date; a worker does it. Rows that are already right
-- cost a read and no embedding. Returns the task's id.
create or replace function embedd.backfill(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
  v_task text;
begin
  select * into v_table from embedd.vector_tables where id = v_id for no key update;
  if v_table.sync_status = 'paused' then
    raise exception using errcode = 'EBC02', message = 'Sync of this vector table is paused.', hint = 'Resume it first.';
  end if;
  if (select status from embedd.connections where id = v_table.connection_id) <> 'connected' then
    raise exception using errcode = 'EBR01', message = 'The connection of this vector table is not connected.',
      hint = format('Test it first: POST /v1/connections/%s/test.', v_table.connection_id);
  end if;
  if exists (select from embedd.tasks where target_id = v_id and task_type in ('backfill', 'rebackfill') and status in ('pending', 'running')) then
    raise exception using errcode = 'EBC01', message = 'A backfill of this vector table is already running.',
      hint = 'Wait for it to end; its progress shows in the sync status.';
  end if;
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v_table.organization_id, 'backfill', v_id, id from embedd.generations
   where vector_table_id = v_id and state = 'active'
  returning id into v_task;
  update embedd.vector_tables set sync_status = 'backfilling', last_error = null, last_error_at = null, changed_at = now()
   where id = v_id;
  perform pg_notify('embedd', '');
  return v_task;
end
$$;
comment on function embedd.backfill(text) is 'Brings every row of the source table up to date; returns the task''s id.';

-- What a worker that claimed a verification must know: how it is meant, and the keys behind the checkpoint that have to
-- be looked at again. Looking for orphans starts over after an interruption, so those found before are found again,
-- unless they were repaired. No row: another generation answers queries by now, and the task has ended.
create or replace function embedd.begin_verification(p_task text) returns table (repair boolean, sweep boolean, waiting_keys text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  update embedd.tasks t set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
   where t.id = p_task and not exists (select from embedd.generations g where g.id = t.generation_id and g.state = 'active');
  if found then
    return;
  end if;
  return query
  update embedd.verifications s
     set orphaned = case when s.repair then s.orphaned else 0 end,
         examples = case when s.repair then s.examples else s.examples - 'orphaned' end
   where s.task_id = p_task
  returning s.repair, s.sweep, s.waiting_keys;
end
$$;

-- Stops a task that has not ended. A table whose first backfill is cancelled is as it was before; a generation that was
-- being built is given up, and the active one goes on with its own configuration.
create or replace function embedd.cancel_task(task text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
  v_filled boolean;
begin
  select * into v_task from embedd.tasks t
   where t.id = task and t.organization_id = embedd.acting_organization() for update;
  if not found then
    raise exception using errcode = 'EBN05', message = format('There is no task %s.', task), hint = 'List the tasks to see which exist.';
  end if;
  if v_task.status not in ('pending', 'running') then
    raise exception using errcode = 'EBC07', message = format('The task is already %s.', v_task.status),
      hint = 'Only a pending or running task can be cancelled.';
  end if;
  update embedd.tasks set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null where id = v_task.id;
  if exists (select from embedd.generations where id = v_task.generation_id and state = 'building') then
    perform embedd.abandon_generation(v_task.target_id);
  end if;
  delete from embedd.jobs j
   where j.generation_id = v_task.generation_id and j.leased_until is null and v_task.task_type <> 'verify'
     and j.lane = embedd.task_lane(v_task.task_type);
  -- An attempt under way finds its range gone and writes nothing.
  delete from embedd.ranges where task_id = v_task.id;
  if v_task.task_type in ('backfill', 'rebackfill') then
    -- The last sync may be a change of a row or two: only a backfill that came to its end has filled the table.
    v_filled := exists (select from embedd.tasks
      where target_id = v_task.target_id and task_type in ('backfill', 'rebackfill') and status = 'completed')
      and not (select refilling from embedd.generations where id = v_task.generation_id);
    update embedd.vector_tables
       set sync_status = case when v_filled then 'synced' else 'pending' end,
           last_synced_at = case when v_filled then last_synced_at end, changed_at = now()
     where id = v_task.target_id and sync_status in ('backfilling', 'pending_rebackfill', 'error');
  end if;
end
$$;
comment on function embedd.cancel_task(text) is 'Stops a pending or running task.';

-- Queues one page of keys and remembers how far the task is, in one transaction. False: the task is no longer this
-- worker's (cancelled, started over, or taken by another); then nothing was queued. Rows are counted once, as the source is
-- read; the keys of later phases are rows it no longer has.
create or replace function embedd.checkpoint_task(
  p_task text, p_worker text, p_start_token bigint, p_keys text[], p_phase text, p_last text, p_rows_total bigint, p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set phase = p_phase, phase_since = case when phase = p_phase then phase_since else clock_timestamp() end,
         last_processed_pk = p_last, rows_processed = rows_processed + case p_phase when 'source' then cardinality(p_keys) else 0 end,
         rows_total = coalesce(p_rows_total, rows_total), leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
  returning * into v_task;
  if not found then
    return false;
  end if;
  if p_rows_total is not null then
    update embedd.vector_tables set source_rows = p_rows_total where id = v_task.target_id and capture_id is null;
  end if;
  perform embedd.enqueue_keys(v_task.generation_id, p_keys, embedd.task_lane(v_task.task_type));
  return true;
end
$$;

-- Notes what one step of a verification found, queues what it repairs and remembers how far it is, in one transaction.
-- False: the task is no longer this worker's; then nothing was noted or queued.
-- p_counts: numbers by kind, as {"stale": 2}; p_examples: some keys by kind. p_suspects: keys whose point is not what the
-- ledger believes; p_new: keys the ledger knows nothing of.
create or replace function embedd.checkpoint_verification(
  p_task text, p_worker text, p_start_token bigint, p_phase text, p_last text, p_rows bigint, p_counts jsonb,
  p_examples jsonb, p_suspects text[], p_new text[], p_waiting text[], p_lease interval)
returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks t
     set phase = p_phase, last_processed_pk = p_last, rows_processed = rows_processed + p_rows,
         leased_until = clock_timestamp() + p_lease
   where id = p_task and worker = p_worker and status = 'running' and start_token = p_start_token
     and exists (select from embedd.generations g where g.id = t.generation_id and g.state = 'active')
  returning * into v_task;
  if not found then
    return false;
  end if;
  if p_counts <> '{}' or p_phase = 'finish' then
    update embedd.verifications s
       set missing = missing + coalesce((p_counts ->> 'missing')::bigint, 0),
           stale = stale + coalesce((p_counts ->> 'stale')::bigint, 0),
           orphaned = orphaned + coalesce((p_counts ->> 'orphaned')::bigint, 0),
           unreadable = unreadable + coalesce((p_counts ->> 'unreadable')::bigint, 0),
           waiting = waiting + coalesce((p_counts ->> 'waiting')::bigint, 0),
           skipped = skipped + coalesce((p_counts ->> 'skipped')::bigint, 0),
           repaired = repaired + coalesce((p_counts ->> 'repaired')::bigint, 0),
           dead = case when p_phase = 'finish' then (select count(*) from embedd.jobs
                         where generation_id = v_task.generation_id and state = 'dead') else dead end,
           examples = (
             select coalesce(jsonb_object_agg(kind, jsonb_path_query_array(
                      coalesce(s.examples -> kind, '[]') || coalesce(p_examples -> kind, '[]'), '$[0 to 9]')), '{}')
               from jsonb_object_keys(s.examples || p_examples) kind)
     where task_id = p_task;
  end if;
  update embedd.verifications set waiting_keys = p_waiting where task_id = p_task and waiting_keys <> p_waiting;
  perform embedd.suspect_keys(v_task.generation_id, p_suspects) where p_suspects <> '{}';
  perform embedd.enqueue_keys(v_task.generation_id, p_new, 'verify') where p_new <> '{}';
  return true;
end
$$;

-- Leases the next task to a worker: pending ones and those whose worker went silent, in order of priority.
create or replace function embedd.claim_task(p_worker text, p_stores text[], p_lease interval)
returns table (id text, task_type text, vector_table_id text, generation_id bigint, phase text, start_token bigint,
               last_processed_pk text, rows_processed bigint, rows_total bigint, ranged boolean)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.tasks t
     set status = 'running', worker = p_worker, leased_until = clock_timestamp() + p_lease,
         started_at = coalesce(t.started_at, clock_timestamp()), start_token = coalesce(t.start_token, nextval('embedd.fence')),
         ranged = coalesce(t.ranged, t.task_type in ('backfill', 'rebackfill') and embedd.may_range(t.generation_id))
   where t.id = (
     select n.id from embedd.tasks n join embedd.generations g on g.id = n.generation_id
      where n.status in ('pending', 'running') and n.run_at <= clock_timestamp() and g.store = any (p_stores)
        and (n.leased_until is null or n.leased_until < clock_timestamp())
      order by n.priority, n.created_at limit 1 for update of n skip locked)
  returning t.id, t.task_type, t.target_id, t.generation_id, t.phase, t.start_token, t.last_processed_pk,
            t.rows_processed, t.rows_total, t.ranged
$$;

-- Everything the task queued has been looked at; one that was started over meanwhile is not at its last phase and stays.
-- A backfilled table is synced from here on, and a reconciled one has no error left to show.
create or replace function embedd.complete_task(p_task text, p_worker text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set status = 'completed', finished_at = clock_timestamp(), leased_until = null, last_error = null
   where id = p_task and worker = p_worker and status = 'running' and phase = 'finish'
  returning * into v_task;
  if v_task.task_type in ('backfill', 'rebackfill') then
    update embedd.generations set refilling = false where id = v_task.generation_id and refilling;
  end if;
  if v_task.task_type = 'backfill' then
    update embedd.vector_tables
       set sync_status = 'synced', last_synced_at = clock_timestamp(), last_error = null, last_error_at = null
     where id = v_task.target_id and sync_status in ('backfilling', 'error');
  elsif v_task.task_type = 'rebackfill' then
    -- The switch: from the next statement on queries are answered by the new generation. The old one is fed for a moment
    -- more, for queries that were under way.
    if exists (select from embedd.generations where id = v_task.generation_id and state = 'building') then
      update embedd.generations set state = 'draining', retired_at = clock_timestamp()
       where vector_table_id = v_task.target_id and state = 'active';
      update embedd.generations set state = 'active' where id = v_task.generation_id;
    end if;
    update embedd.vector_tables
       set sync_status = 'synced', last_synced_at = clock_timestamp(), last_error = null, last_error_at = null,
           changed_at = now()
     where id = v_task.target_id and sync_status in ('pending_rebackfill', 'error');
  elsif v_task.task_type = 'reconcile' then
    perform embedd.record_sync(v_task.target_id, null);
  end if;
end
$$;

-- Jobs of a generation that wait or are worked on in a lane.
create or replace function embedd.count_jobs(p_generation_id bigint, p_lane text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select count(*) from embedd.jobs where generation_id = p_generation_id and state = 'queued' and lane = p_lane
$$;

-- Jobs and ranges a task has queued that are not done. A row that changed has its job in the live lane; where no attempt
-- has met it since the task began, the task waits for that too before it says that all are as they were then, or later.
create or replace function embedd.count_queued(p_generation_id bigint, p_task_type text) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  select embedd.count_jobs(p_generation_id, embedd.task_lane(p_task_type))
       + (select count(*) from embedd.ranges where generation_id = p_generation_id and p_task_type in ('backfill', 'rebackfill'))
       + (select count(*) from embedd.jobs j
            join embedd.tasks t on t.generation_id = j.generation_id and t.task_type = p_task_type and t.status = 'running'
             and t.task_type in ('backfill', 'rebackfill') and t.phase in ('settle', 'finish') and j.dirty_since <= t.phase_since
           where j.generation_id = p_generation_id and j.state = 'queued' and j.lane = 'live'
             and not exists (select from embedd.row_states s where s.generation_id = j.generation_id and s.key = j.key
                                and s.checked >= t.start_token))
$$;

-- Rows that were set aside, with the reason: refused by the provider (row) or three workers died with them (crash). A
-- change of the row tries it again, retry_dead_letters() without one. Never a row's text. Null: of all vector tables.
create or replace function embedd.dead_letters(vector_table text default null)
returns table (vector_table_name text, key text, reason text, message text, since timestamptz, attempts int)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when dead_letters.vector_table is not null then embedd.resolve_vector_table(dead_letters.vector_table) end;
begin
  return query
  select v.name, j.key, j.error_class, j.error, j.run_at, j.attempts
    from embedd.vector_tables v
    join embedd.generations g on g.vector_table_id = v.id and g.state in ('active', 'building')
    join embedd.jobs j on j.generation_id = g.id and j.state = 'dead'
   where v.environment_id = embedd.acting_environment() and v.dropped_at is null and (v_id is null or v.id = v_id)
   order by v.name, j.run_at, j.key;
end
$$;
comment on function embedd.dead_letters(text) is 'Rows that were set aside and why; of one vector table or all of them.';

-- What comparing source and store found, per vector table: the last time it was done whole, and in all so far. No row for
-- a table that was never compared.
create or replace function embedd.drift(vector_table text default null)
returns table (vector_table_id text, name text, task_id text, verified_at timestamptz, rows_compared bigint, difference bigint,
               waiting bigint, repaired bigint, total_difference bigint, total_repaired bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when drift.vector_table is not null then embedd.resolve_vector_table(drift.vector_table) end;
  v_environment text := embedd.acting_environment();
begin
  return query
  with done as (
    select s.*, t.finished_at, t.rows_processed, s.missing + s.stale + s.orphaned + s.unreadable as difference,
           row_number() over (partition by s.vector_table_id order by t.finished_at desc) as place
      from embedd.verifications s join embedd.tasks t on t.id = s.task_id
     where t.status = 'completed' and (v_id is null or s.vector_table_id = v_id)
  ), summed as (
    select d.vector_table_id, sum(d.difference)::bigint as found, sum(d.repaired)::bigint as repaired from done d group by 1
  )
  select v.id, v.name, d.task_id, d.finished_at, d.rows_processed, d.difference, d.waiting, d.repaired, a.found, a.repaired
    from done d
    join summed a using (vector_table_id)
    join embedd.vector_tables v on v.id = d.vector_table_id
   where d.place = 1 and v.environment_id = v_environment and v.dropped_at is null
   order by v.created_at, v.id;
end
$$;
comment on function embedd.drift(text) is 'What comparing source and store found and repaired, per vector table.';

-- One task by id.
create or replace function embedd.get_task(task text)
returns table (id text, org_id text, task_type text, target_id text, status text, priority int, last_processed_pk text,
               rows_processed bigint, rows_total bigint, attempts int, max_attempts int, last_error text,
               created_at timestamptz, started_at timestamptz, finished_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query select * from embedd.tasks(null) t where t.id = task;
  if not found then
    raise exception using errcode = 'EBN05', message = format('There is no task %s.', task), hint = 'List the tasks to see which exist.';
  end if;
end
$$;
comment on function embedd.get_task(text) is 'One task by id, with its progress.';

-- Gives a task back to go on later. p_burn: the error counts as an attempt, and after the last one the task has failed;
-- an outage does not count. The table shows the error either way. A rebackfill that failed leaves the configuration that
-- still answers.
create or replace function embedd.release_task(
  p_task text, p_worker text, p_error text, p_delay interval, p_burn boolean default true)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task embedd.tasks;
begin
  update embedd.tasks
     set leased_until = null, worker = null, run_at = clock_timestamp() + p_delay, last_error = coalesce(p_error, last_error),
         attempts = attempts + (p_error is not null and p_burn)::int,
         status = case when p_error is not null and p_burn and attempts + 1 >= max_attempts then 'failed' else status end,
         finished_at = case when p_error is not null and p_burn and attempts + 1 >= max_attempts then clock_timestamp() end
   where id = p_task and worker = p_worker and status = 'running'
  returning * into v_task;
  if found and p_error is not null and v_task.task_type <> 'verify' then
    perform embedd.record_sync(v_task.target_id, p_error);
  end if;
  if v_task.status = 'failed' and exists (
       select from embedd.generations where id = v_task.generation_id and state = 'building') then
    perform embedd.abandon_generation(v_task.target_id);
  end if;
end
$$;

-- Starts the task that fills the generation being built, or brings the active one up to its new columns.
create or replace function embedd.request_rebackfill(p_vector_table_id text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task text;
begin
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id)
  select v.organization_id, 'rebackfill', v.id, g.id
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state in ('building', 'active')
   where v.id = p_vector_table_id
   order by g.state = 'building' desc limit 1
  returning id into v_task;
  update embedd.vector_tables
     set sync_status = 'pending_rebackfill', last_error = null, last_error_at = null, changed_at = now()
   where id = p_vector_table_id;
  perform pg_notify('embedd', '');
  return v_task;
end
$$;

-- Starts the sweep of the vector table that waits for one longest, if any is due: each is compared once in p_interval (0:
-- never). One at a time, so that sweeps spread over the day and take a small share; a table where something else is under
-- way comes later, and one that could not be compared is not tried again at once. Returns the task's id, or null.
create or replace function embedd.request_sweep(p_stores text[], p_interval interval) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  if p_interval <= interval '0' or not pg_try_advisory_xact_lock(hashtextextended('embedd.sweep', 0)) then
    return null;
  end if;
  if exists (
       select from embedd.verifications s
         join embedd.tasks t on t.id = s.task_id
         join embedd.generations g on g.id = t.generation_id
        where s.sweep and t.status in ('pending', 'running') and g.store = any (p_stores)) then
    return null;
  end if;
  select v.id into v_id
    from embedd.vector_tables v
    join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
    cross join lateral (
      select coalesce(max(t.finished_at) filter (where t.status = 'completed'), v.created_at) as compared_at,
             max(t.finished_at) as tried_at
        from embedd.tasks t where t.target_id = v.id and t.task_type = 'verify') last
   where v.dropped_at is null and v.sync_status in ('synced', 'error') and v.last_synced_at is not null and g.store = any (p_stores)
     and last.compared_at + p_interval <= clock_timestamp()
     and (last.tried_at is null or last.tried_at + p_interval / 24 <= clock_timestamp())
     and not exists (select from embedd.tasks t where t.target_id = v.id and t.status in ('pending', 'running'))
   order by last.compared_at limit 1;
  return case when v_id is not null then embedd.start_verification(v_id, true, true) end;
end
$$;

-- Tries rows that were set aside again, all of a vector table's or those of the keys given; returns how many. Those that
-- workers died with are tried alone.
create or replace function embedd.retry_dead_letters(vector_table text, keys text[] default null) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(retry_dead_letters.vector_table);
  v_count bigint;
begin
  update embedd.jobs j
     set state = 'queued', want = j.want + 1, attempts = 0, crashes = least(j.crashes, 2), run_at = clock_timestamp(),
         error_class = null, error = null
   where j.state = 'dead' and (retry_dead_letters.keys is null or j.key = any (retry_dead_letters.keys))
     and j.generation_id in (select g.id from embedd.generations g where g.vector_table_id = v_id and g.state <> 'dropped');
  get diagnostics v_count = row_count;
  perform pg_notify('embedd', '');
  return v_count;
end
$$;
comment on function embedd.retry_dead_letters(text, text[]) is 'Tries rows that were set aside again; returns how many.';

-- A verification of the generation that answers queries, as a task. Sweeps let everything else go first.
create or replace function embedd.start_verification(p_vector_table_id text, p_repair boolean, p_sweep boolean) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_task text;
begin
  insert into embedd.tasks (organization_id, task_type, target_id, generation_id, priority)
  select v.organization_id, 'verify', v.id, g.id, case when p_sweep then 5 else 3 end
    from embedd.vector_tables v join embedd.generations g on g.vector_table_id = v.id and g.state = 'active'
   where v.id = p_vector_table_id
  returning id into v_task;
  insert into embedd.verifications (task_id, vector_table_id, repair, sweep) values (v_task, p_vector_table_id, p_repair, p_sweep);
  perform pg_notify('embedd', '');
  return v_task;
end
$$;

-- The lane in which a task of this type queues its keys.
create or replace function embedd.task_lane(p_task_type text) returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select case when p_task_type in ('reconcile', 'verify') then 'verify' else 'backfill' end
$$;

-- The organization's tasks, newest first, before a given one. rows_processed are rows that are done: of those queued so
-- far, the ones that no longer wait.
create or replace function embedd.tasks(
  "limit" int default 100, before_created_at timestamptz default 'infinity', before_id text default '~')
returns table (id text, org_id text, task_type text, target_id text, status text, priority int, last_processed_pk text,
               rows_processed bigint, rows_total bigint, attempts int, max_attempts int, last_error text,
               created_at timestamptz, started_at timestamptz, finished_at timestamptz)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select id, organization_id, task_type, target_id, status, priority, last_processed_pk,
         -- A verification has done what it has compared; the others have queued it.
         case when status = 'running' and task_type <> 'verify'
              then greatest(rows_processed - embedd.count_jobs(generation_id, embedd.task_lane(task_type)), 0)
              else rows_processed end,
         rows_total,
         attempts, max_attempts, last_error, created_at, started_at, finished_at
    from embedd.tasks
   where organization_id = embedd.acting_organization() and (created_at, id) < (before_created_at, before_id)
   order by created_at desc, id desc limit "limit"
$$;
comment on function embedd.tasks(int, timestamptz, text) is 'Backfills and other long work of the organization, newest first.';

-- What a verification found, so far or in the end. difference: rows that are not in the store as they are in the source.
create or replace function embedd.verification(task text)
returns table (task_id text, vector_table_id text, name text, status text, repair boolean, sweep boolean,
               rows_compared bigint, difference bigint, missing bigint, stale bigint, orphaned bigint, unreadable bigint,
               waiting bigint, skipped bigint, dead bigint, repaired bigint, examples jsonb, last_error text,
               started_at timestamptz, finished_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select t.id, v.id, v.name, t.status, s.repair, s.sweep, t.rows_processed, s.missing + s.stale + s.orphaned + s.unreadable,
         s.missing, s.stale, s.orphaned, s.unreadable, s.waiting, s.skipped, s.dead, s.repaired, s.examples, t.last_error,
         t.started_at, t.finished_at
    from embedd.verifications s
    join embedd.tasks t on t.id = s.task_id
    join embedd.vector_tables v on v.id = s.vector_table_id
   where t.id = task and t.organization_id = embedd.acting_organization();
  if not found then
    raise exception using errcode = 'EBN05', message = format('There is no verification %s.', task),
      hint = 'Give the id that verify() returned.';
  end if;
end
$$;
comment on function embedd.verification(text) is 'What a verification found: counts and some keys of each kind.';

-- Asks for the source table and the store to be compared row by row; a worker does it. repair: what differs is queued
-- to be brought up to date. A sweep under way gives way. Returns the task's id; verification() shows what it found.
create or replace function embedd.verify(vector_table text, repair boolean default false) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
begin
  select * into v_table from embedd.vector_tables where id = v_id for no key update;
  if v_table.sync_status = 'pending' then
    raise exception using errcode = 'EBR02', message = 'This vector table was never filled, so there is nothing to compare.',
      hint = 'Request a backfill first.';
  end if;
  if v_table.sync_status = 'paused' then
    raise exception using errcode = 'EBC02', message = 'Sync of this vector table is paused.', hint = 'Resume it first.';
  end if;
  update embedd.tasks t set status = 'cancelled', finished_at = clock_timestamp(), leased_until = null
    from embedd.verifications s
   where t.target_id = v_id and t.task_type = 'verify' and t.status in ('pending', 'running') and s.task_id = t.id and s.sweep;
  if exists (select from embedd.tasks where target_id = v_id and task_type = 'verify' and status in ('pending', 'running')) then
    raise exception using errcode = 'EBC11', message = 'A verification of this vector table is already running.',
      hint = 'Wait for it to end, or cancel its task.';
  end if;
  return embedd.start_verification(v_id, repair, false);
end
$$;
comment on function embedd.verify(text, boolean) is 'Compares source and store row by row; returns the task''s id.';

-- The vectors that are there, as 4-byte floats, little-endian; they count as used today.
create or replace function embedd.find_cached_vectors(p_digests bytea[]) returns table (digest bytea, vector bytea)
language sql set search_path = pg_catalog, pg_temp
as $$
  update embedd.cached_vectors c set used_on = (now() at time zone 'utc')::date
   where c.digest in (select o.digest from embedd.cached_vectors o where o.digest = any (p_digests) order by o.digest for update)
     and c.used_on < (now() at time zone 'utc')::date;
  select c.digest, c.vector from embedd.cached_vectors c where c.digest = any (p_digests)
$$;

-- US dollars for a million tokens of a model; null: no price known.
create or replace function embedd.get_price(p_provider text, p_model text) returns numeric
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select usd_per_million from embedd.prices where provider = p_provider and model = p_model
$$;

-- Keeps vectors for the next time their texts come.
create or replace function embedd.keep_cached_vectors(p_digests bytea[], p_vectors bytea[]) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.cached_vectors (digest, vector)
  select d.digest, d.vector from unnest(p_digests, p_vectors) d (digest, vector) order by d.digest
  on conflict (digest) do nothing
$$;

-- The organization's usage by day, vector table, embedder and kind, newest first. Names are null of what is gone by now,
-- cost_usd where the model has no price.
create or replace function embedd.list_usage(from_day date default null, to_day date default null, vector_table text default null)
returns table (day date, vector_table_id text, vector_table_name text, embedder_id text, embedder_name text, provider text, model text,
               kind text, requests bigint, tokens bigint, cost_usd numeric)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := case when list_usage.vector_table is not null then embedd.resolve_vector_table(list_usage.vector_table) end;
begin
  if from_day > to_day then
    raise exception using errcode = 'EBV01', message = 'from must not be after to.', hint = 'Give the earlier day first.';
  end if;
  return query
  select u.day, u.vector_table_id, v.name, coalesce(e.public_id, 'emb_' || replace(u.embedder_id::text, '-', '')), e.name, u.provider,
         u.model, u.kind, u.requests, u.tokens, round(u.tokens * p.usd_per_million / 1000000, 6)
    from embedd.daily_usage u
    left join embedd.vector_tables v on v.id = u.vector_table_id
    left join embedd.embedders e on e.id = u.embedder_id
    left join embedd.prices p on p.provider = u.provider and p.model = u.model
   where u.organization_id = embedd.acting_organization() and (v_id is null or u.vector_table_id = v_id)
     and u.day >= coalesce(from_day, date_trunc('month', now() at time zone 'utc')::date) and u.day <= coalesce(to_day, 'infinity')
   order by u.day desc, v.name, u.vector_table_id, e.name, u.provider, u.model, u.kind;
end
$$;
comment on function embedd.list_usage(date, date, text) is
  'Requests, tokens and cost by day, vector table and embedder; of this month unless told otherwise.';

-- Removes the vectors not used for longest, until what is left takes no more than p_bytes; returns how many were removed.
create or replace function embedd.prune_cached_vectors(p_bytes bigint) returns bigint
language sql set search_path = pg_catalog, pg_temp
as $$
  with sized as (
    select digest, sum(octet_length(vector) + 64) over (order by used_on desc, digest) as total from embedd.cached_vectors
  ), gone as (
    delete from embedd.cached_vectors c using sized s where c.digest = s.digest and s.total > p_bytes returning 1
  )
  select count(*) from gone
$$;

-- Adds what an embedder was asked to rerank for a generation's vector table. Nothing is kept when one of the two is gone by now.
create or replace function embedd.record_rerank(p_generation_id bigint, p_embedder_id uuid, p_model text, p_requests bigint, p_tokens bigint)
returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.daily_usage as known (day, organization_id, vector_table_id, embedder_id, provider, model, kind, requests, tokens)
  select (clock_timestamp() at time zone 'utc')::date, v.organization_id, v.id, e.id, e.provider, p_model, 'rerank', p_requests, p_tokens
    from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
    join embedd.embedders e on e.id = p_embedder_id and e.organization_id = v.organization_id
   where g.id = p_generation_id
  on conflict (day, vector_table_id, embedder_id, provider, model, kind) do update
     set requests = known.requests + excluded.requests, tokens = known.tokens + excluded.tokens
$$;

-- Adds what a generation's embedder was asked. Nothing is kept when one of the two is gone by now.
create or replace function embedd.record_usage(p_generation_id bigint, p_kind text, p_requests bigint, p_tokens bigint) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.daily_usage as known (day, organization_id, vector_table_id, embedder_id, provider, model, kind, requests, tokens)
  select (clock_timestamp() at time zone 'utc')::date, v.organization_id, v.id, g.embedder_id, g.provider, g.embedding_model, p_kind, p_requests, p_tokens
    from embedd.generations g join embedd.vector_tables v on v.id = g.vector_table_id
   where g.id = p_generation_id and g.embedder_id is not null
  on conflict (day, vector_table_id, embedder_id, provider, model, kind) do update
     set requests = known.requests + excluded.requests, tokens = known.tokens + excluded.tokens
$$;

-- How many tokens the embedder of a generation has left for documents this month, never below 0; null: no bound.
create or replace function embedd.remaining_tokens(p_generation_id bigint) returns bigint
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select greatest(0, e.monthly_token_budget - coalesce((
           select sum(u.tokens) from embedd.daily_usage u
            where u.embedder_id = e.id and u.kind = 'document' and u.day >= date_trunc('month', clock_timestamp() at time zone 'utc')::date), 0))
    from embedd.generations g join embedd.embedders e on e.id = g.embedder_id
   where g.id = p_generation_id and e.monthly_token_budget is not null
$$;

-- What a million tokens of a model cost from now on, past usage included; null forgets the price. For operators only: it
-- belongs to the whole installation.
create or replace function embedd.set_price(provider text, model text, usd_per_million numeric) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if set_price.provider is null or set_price.model is null or set_price.usd_per_million < 0 then
    raise exception using errcode = 'EBV01', message = 'A price needs a provider, a model and an amount that is not negative.',
      hint = 'For example: select embedd.set_price(''openai'', ''text-embedding-3-small'', 0.02).';
  elsif set_price.usd_per_million is null then
    delete from embedd.prices p where p.provider = set_price.provider and p.model = set_price.model;
  else
    insert into embedd.prices as known values (set_price.provider, set_price.model, set_price.usd_per_million)
    on conflict on constraint prices_pkey do update set usd_per_million = excluded.usd_per_million;
  end if;
end
$$;
comment on function embedd.set_price(text, text, numeric) is 'US dollars for a million tokens of a model; null forgets the price.';

-- What a provider allows an embedder in a minute; workers and queries keep to it together. Null: no bound.
create or replace function embedd.set_rate_limits(embedder text, requests_per_minute int, tokens_per_minute bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd.lock_embedder(embedder);
begin
  perform embedd.require_permission('update', v_old.owner_id);
  if set_rate_limits.requests_per_minute <= 0 or set_rate_limits.tokens_per_minute <= 0 then
    raise exception using errcode = 'EBV01', message = 'What is allowed in a minute must be more than nothing.', hint = 'Use null for no bound.';
  end if;
  update embedd.embedders e
     set requests_per_minute = set_rate_limits.requests_per_minute, tokens_per_minute = set_rate_limits.tokens_per_minute
   where e.id = v_old.id;
  delete from embedd.rate_buckets where embedder_id = v_old.id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  perform pg_notify('embedd', '');
end
$$;
comment on function embedd.set_rate_limits(text, int, bigint) is
  'Requests and tokens an embedder may take in a minute, all workers and queries together; null: no bound.';

-- Bounds the tokens an embedder takes for documents in a month (UTC); null lifts the bound. Workers notice at once.
create or replace function embedd.set_token_budget(embedder text, monthly_tokens bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders := embedd.lock_embedder(embedder);
begin
  perform embedd.require_permission('update', v_old.owner_id);
  if monthly_tokens < 0 then
    raise exception using errcode = 'EBV01', message = 'monthly_tokens must not be negative.', hint = 'Use null for no bound.';
  end if;
  update embedd.embedders set monthly_token_budget = monthly_tokens where id = v_old.id;
  update embedd.vector_tables set changed_at = now() where embedder_id = v_old.id and dropped_at is null;
  update embedd.jobs set run_at = clock_timestamp()
   where generation_id in (select id from embedd.generations where embedder_id = v_old.id)
     and error_class = 'budget' and state = 'queued' and run_at > clock_timestamp();
  update embedd.ranges set run_at = clock_timestamp()
   where generation_id in (select id from embedd.generations where embedder_id = v_old.id)
     and error_class = 'budget' and run_at > clock_timestamp();
  perform pg_notify('embedd', '');
end
$$;
comment on function embedd.set_token_budget(text, bigint) is
  'Tokens an embedder may take for documents in a month; null: as many as it needs.';

-- Takes one request of so many tokens out of the embedder's buckets; returns the seconds to wait when there is not enough in
-- them, and then takes nothing. They hold what is allowed in ten seconds and are filled steadily. A tenth of them is for
-- queries, which are never kept waiting: what they take below nothing, documents wait for. A request larger than a bucket
-- goes when the bucket is full.
create or replace function embedd.take_rate(p_generation_id bigint, p_kind text, p_tokens bigint) returns float8
language plpgsql set search_path = pg_catalog, pg_temp
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
     set requests = least(coalesce(10 * v_requests, 0), b.requests + coalesce(v_requests, 0) * extract(epoch from clock_timestamp() - b.filled_at)),
         tokens = least(coalesce(10 * v_tokens, 0), b.tokens + coalesce(v_tokens, 0) * extract(epoch from clock_timestamp() - b.filled_at)),
         filled_at = clock_timestamp()
  returning b.* into v_has;
  if p_kind = 'document' then
    -- What is missing to the request and the queries' share, in seconds of filling; a full bucket is always enough.
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

-- Gives up the generation that was being built: the vector table has the configuration of the active one again, which
-- never stopped answering. So the same change can be asked for once more.
create or replace function embedd.abandon_generation(p_vector_table_id text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  with given_up as (
    update embedd.generations set state = 'dropped' where vector_table_id = p_vector_table_id and state = 'building'
    returning vector_table_id
  )
  update embedd.vector_tables v
     set columns = g.columns, embedder_id = g.embedder_id, embedding_model = g.embedding_model,
         embedding_dimensions = g.embedding_dimensions, chunking = g.chunking, changed_at = now()
    from embedd.generations g join given_up using (vector_table_id)
   where v.id = g.vector_table_id and g.state = 'active'
$$;

-- The generation of a vector table that is kept up to date now, as load_generation() shows it.
create or replace function embedd.active_generation(vector_table text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
begin
  return (select embedd.load_generation(id) from embedd.generations where vector_table_id = v_id and state = 'active');
end
$$;

-- Looks for what triggers cannot tell: that they were disabled, dropped or changed, that partitions came or went, that
-- the table was replaced or altered. What may be mended is mended; then all rows are compared, for changes may have been
-- missed. Returns what was found, a sentence each. What cannot be mended shows as the tables' error until it can.
create or replace function embedd.audit_capture(p_capture_id int) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_before jsonb;
  v_now jsonb;
  v_mended jsonb;
  v_found text[];
  v_trouble text;
begin
  perform from embedd.captures where id = p_capture_id for update skip locked;
  if not found then
    return;
  end if;
  if embedd.follow_source(p_capture_id) then
    return query select 'Another table has the name of the source table now.';
    return;
  end if;
  v_before := (select state from embedd.capture_audits where capture_id = p_capture_id);
  v_now := embedd.capture_state(p_capture_id);
  if v_now = v_before then
    update embedd.capture_audits set audited_at = clock_timestamp() where capture_id = p_capture_id;
    return;
  end if;
  v_trouble := embedd.repair_capture(p_capture_id);
  v_mended := embedd.capture_state(p_capture_id);
  v_found := array(select embedd.compare_capture_states(coalesce(v_before, v_mended), v_now));
  if v_mended -> 'function' <> v_now -> 'function' then
    v_found := v_found || 'The trigger function was changed.'::text;
  end if;
  if v_trouble is not null then
    perform embedd.record_sync(id, array_to_string(v_found || v_trouble, ' ')) from embedd.vector_tables where capture_id = p_capture_id;
    return query select unnest(v_found || v_trouble);
    return;
  end if;
  if v_found = '{}' then
    -- What is remembered was seen before the mending: what happened meanwhile is found the next time.
    v_mended := v_now;
  else
    perform embedd.add_notice(id, array_to_string(v_found, ' ') || ' All rows are compared.'), embedd.request_reconcile(id)
      from embedd.vector_tables where capture_id = p_capture_id;
    perform pg_notify('embedd', '');
  end if;
  -- A trigger that went after its table was mended would be missing for ever, were that the state to compare with.
  if embedd.is_capture_whole(p_capture_id, v_mended) then
    insert into embedd.capture_audits (capture_id, state) values (p_capture_id, v_mended)
    on conflict (capture_id) do update set state = excluded.state, audited_at = clock_timestamp();
  end if;
  return query select unnest(v_found);
end
$$;

-- Captures whose last audit is longer ago than the interval.
create or replace function embedd.captures_to_audit(p_interval interval) returns setof int
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select c.id from embedd.captures c left join embedd.capture_audits a on a.capture_id = c.id
   where a.audited_at is null or a.audited_at < clock_timestamp() - p_interval
   order by a.audited_at nulls first, c.id
$$;

-- How texts are to be cut into passages, with what was left out filled in: {strategy, max_tokens, overlap_tokens}.
create or replace function embedd.check_chunking(p_chunking jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_strategy text := coalesce(p_chunking ->> 'strategy', 'none');
  v_unknown text;
  v_tokens numeric;
  v_overlap numeric;
begin
  if p_chunking is null then
    return '{"strategy": "none"}';
  elsif jsonb_typeof(p_chunking) <> 'object' then
    raise exception using errcode = 'EBV01', message = 'chunking must be an object.', hint = 'As in {"strategy": "recursive", "max_tokens": 512}.';
  end if;
  select k into v_unknown from jsonb_object_keys(p_chunking) k where k not in ('strategy', 'max_tokens', 'overlap_tokens') order by k limit 1;
  if v_unknown is not null then
    raise exception using errcode = 'EBV01', message = format('chunking: there is no setting %s.', v_unknown),
      hint = 'It takes strategy, max_tokens and overlap_tokens.';
  elsif v_strategy not in ('none', 'recursive', 'sentences', 'markdown') then
    raise exception using errcode = 'EBV01', message = 'chunking: strategy must be none, recursive, sentences or markdown.',
      hint = 'recursive suits any text.';
  elsif v_strategy = 'none' then
    if p_chunking ?| array['max_tokens', 'overlap_tokens'] then
      raise exception using errcode = 'EBV01', message = 'chunking: strategy none takes no sizes.', hint = 'Name a strategy, as in recursive.';
    end if;
    return '{"strategy": "none"}';
  elsif jsonb_typeof(p_chunking -> 'max_tokens') not in ('number', 'null') or jsonb_typeof(p_chunking -> 'overlap_tokens') not in ('number', 'null') then
    raise exception using errcode = 'EBV01', message = 'chunking: max_tokens and overlap_tokens must be whole numbers.', hint = 'Leave them out for 512 and 64.';
  end if;
  v_tokens := coalesce((p_chunking ->> 'max_tokens')::numeric, 512);
  v_overlap := coalesce((p_chunking ->> 'overlap_tokens')::numeric, floor(v_tokens / 8));
  if v_tokens not between 16 and 8192 or v_tokens <> floor(v_tokens) then
    raise exception using errcode = 'EBV01', message = 'chunking: max_tokens must be a whole number between 16 and 8192.', hint = 'Leave it out for 512.';
  elsif v_overlap < 0 or v_overlap > v_tokens / 2 or v_overlap <> floor(v_overlap) then
    raise exception using errcode = 'EBV01', message = 'chunking: overlap_tokens must be a whole number between 0 and half of max_tokens.',
      hint = format('Leave it out for %s.', floor(v_tokens / 8));
  end if;
  return jsonb_build_object('strategy', v_strategy, 'max_tokens', v_tokens::int, 'overlap_tokens', v_overlap::int);
end
$$;

-- The rules for the columns of a vector table, against what the source table has. Each message names the entry.
create or replace function embedd.check_columns(p_columns json, p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
  v_known jsonb := (select jsonb_object_agg(c ->> 'name', c) from jsonb_array_elements(p_source -> 'columns') c);
  v_column jsonb;
  v_at text;
  v_name text;
  v_type text;
  v_seen text[] := '{}';
  v_fits jsonb := '{"integer": ["smallint", "integer", "bigint"], "boolean": ["boolean"],
                    "float": ["smallint", "integer", "bigint", "real", "double precision", "numeric"]}';
begin
  begin
    perform p_columns::jsonb;
  exception when data_exception then
    raise exception using errcode = 'EBV01', message = 'columns contains a character that no text in PostgreSQL can hold.',
      hint = 'Leave out \u0000 and incomplete surrogate pairs.';
  end;
  if p_columns is null or json_typeof(p_columns) <> 'array' or json_array_length(p_columns) = 0 then
    raise exception using errcode = 'EBV01', message = 'columns must be an array with at least one entry.',
      hint = 'For example [{"name": "title", "role": "embedding"}].';
  end if;
  for v_column, v_at in
    select value::jsonb, format('columns[%s]', ordinality - 1) from json_array_elements(p_columns) with ordinality
  loop
    if jsonb_typeof(v_column) <> 'object' or jsonb_typeof(v_column -> 'name') is distinct from 'string' then
      raise exception using errcode = 'EBV01', message = format('%s must be an object with a name.', v_at),
        hint = 'For example {"name": "title", "role": "embedding"}.';
    end if;
    v_name := v_column ->> 'name';
    if not v_known ? v_name then
      raise exception using errcode = 'EBV01', message = format('%s: %s has no column %s.', v_at, v_table, quote_ident(v_name)),
        hint = format('It has: %s.', (select string_agg(c ->> 'name', ', ') from jsonb_array_elements(p_source -> 'columns') c));
    end if;
    if v_name = any (v_seen) then
      raise exception using errcode = 'EBV01', message = format('%s: the column %s is listed twice.', v_at, v_name),
        hint = 'A column has one role; embedded columns come back with each result anyway.';
    end if;
    v_seen := v_seen || v_name;
    if not (v_known -> v_name ->> 'can_read')::boolean then
      raise exception using errcode = 'EBP02',
        message = format('The role %s may not read the column %s of %s.', p_source ->> 'role', v_name, v_table),
        hint = format('grant select on %s to %s', v_table, p_source ->> 'role');
    end if;
    if coalesce(v_column ->> 'role', '') not in ('embedding', 'metadata') then
      raise exception using errcode = 'EBV01', message = format('%s.role must be embedding or metadata.', v_at),
        hint = 'embedding: part of the text; metadata: can be filtered by.';
    end if;
    if coalesce(jsonb_typeof(v_column -> 'ordinal'), 'null') not in ('number', 'null')
       or coalesce(jsonb_typeof(v_column -> 'name_prefix'), 'null') not in ('string', 'null') then
      raise exception using errcode = 'EBV01', message = format('%s: ordinal must be a number and name_prefix a text.', v_at),
        hint = 'Both are optional.';
    end if;
    if v_column ->> 'role' = 'metadata' and coalesce(v_column ->> 'filter_type', '') not in ('keyword', 'integer', 'float', 'boolean') then
      raise exception using errcode = 'EBV01', message = format('%s.filter_type must be keyword, integer, float or boolean.', v_at),
        hint = 'A metadata column says how it can be filtered by.';
    end if;
    v_type := v_known -> v_name ->> 'type';
    if v_column ->> 'role' = 'metadata' and v_fits ? (v_column ->> 'filter_type')
       and not v_fits -> (v_column ->> 'filter_type') ? v_type then
      raise exception using errcode = 'EBV01',
        message = format('%s: a column of type %s cannot be filtered as %s.', v_at, v_type, v_column ->> 'filter_type'),
        hint = 'keyword fits every type; otherwise choose the filter_type that matches the column.';
    end if;
  end loop;
  if not exists (select from json_array_elements(p_columns) c where c ->> 'role' = 'embedding') then
    raise exception using errcode = 'EBV01', message = 'columns: at least one column must have the role embedding.',
      hint = 'Choose the columns whose text gives the row its meaning.';
  end if;
end
$$;

-- The rules for the columns of a key: together they name each row for good, and each has a type of which every value has one text.
-- Returns them, their types, and the key as users see it. p_columns is what named_key() found.
create or replace function embedd.check_key(
  p_source jsonb, p_columns text[], out key_columns text[], out key_types text[], out key_name text)
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
  v_is_table boolean := p_source ->> 'kind' in ('r', 'p');
  v_several boolean := cardinality(p_columns) > 1;
  v_primary_key text := (select case count(*) when 1 then min(k.name) else string_agg(quote_ident(k.name), ', ' order by k.place) end
    from jsonb_array_elements_text(nullif(p_source -> 'primary_key', 'null')) with ordinality k (name, place));
  v_list text := (select string_agg(quote_ident(k.name), ', ' order by k.place) from unnest(p_columns) with ordinality k (name, place));
  v_ordered jsonb;
  v_name text;
  v_column jsonb;
begin
  if p_columns is null and not v_is_table then
    raise exception using errcode = 'EBV01', message = format('%s is no table of its own, so it has no primary key.', v_table),
      hint = 'Name as primary_key_column the column whose values are different in each row.';
  elsif p_columns is null then
    raise exception using errcode = 'EBV01', message = format('%s has no primary key.', v_table),
      hint = 'Add one, or name a unique, not null column as primary_key_column.';
  end if;
  key_columns := p_columns;
  key_types := '{}';
  key_name := case when v_several then v_list else p_columns[1] end;
  foreach v_name in array p_columns loop
    v_column := (select c from jsonb_array_elements(nullif(p_source -> 'columns', 'null')) c where c ->> 'name' = v_name);
    if v_column is null then
      raise exception using errcode = 'EBV01', message = format('primary_key_column: %s has no column %s.', v_table, quote_ident(v_name)),
        hint = format('Its primary key is %s.', coalesce(v_primary_key, 'missing'));
    end if;
    if not (v_column ->> 'can_read')::boolean then
      raise exception using errcode = 'EBP02', message = format('The role %s may not read %s.', p_source ->> 'role', v_table),
        hint = format('grant select on %s to %s', v_table, p_source ->> 'role');
    end if;
    -- Of a view or a foreign table nothing can be proved: rows without key are left out, rows with the same one set aside.
    if v_is_table and not v_several and not (p_source -> 'unique_columns' ? v_name and (v_column ->> 'not_null')::boolean) then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: %s.%s is not unique and not null, so it does not name a row.', v_table, v_name),
        hint = 'Use the primary key, or add a unique index and a NOT NULL constraint.';
    elsif v_is_table and v_several and not (v_column ->> 'not_null')::boolean then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: %s.%s may be null, so it cannot be part of what names a row.', v_table, v_name),
        hint = 'Use the primary key, or add a NOT NULL constraint.';
    end if;
    if v_column ->> 'type' not in ('smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying')
       or not (v_column ->> 'deterministic')::boolean then
      raise exception using errcode = 'EBV01',
        message = format(case when v_several then 'primary_key_column: the column %2$s has the type %1$s, which is not supported in keys.'
                              else 'primary_key_column: keys of type %s are not supported.' end, v_column ->> 'type', v_name),
        hint = case when v_several then 'Each column of a key is smallint, integer, bigint, uuid, text or varchar with a deterministic collation; '
                                     || 'name other columns that are unique, or make a view of the table.'
                    else 'Use smallint, integer, bigint, uuid, text or varchar with a deterministic collation.' end;
    end if;
    key_types := key_types || (v_column ->> 'type');
  end loop;
  if v_several and cardinality(p_columns) > (select count(distinct name) from unnest(p_columns) name) then
    raise exception using errcode = 'EBV01', message = format('primary_key_column: %s names a column twice.', v_list), hint = 'Name each once.';
  end if;
  if v_is_table and v_several and not exists (select from jsonb_array_elements(p_source -> 'unique_keys') u where u = to_jsonb(p_columns)) then
    v_ordered := (select u from jsonb_array_elements(p_source -> 'unique_keys') u where u @> to_jsonb(p_columns) and u <@ to_jsonb(p_columns) limit 1);
    if v_ordered is not null then
      raise exception using errcode = 'EBV01',
        message = format('primary_key_column: the columns %s of %s are unique in another order, by which they are read.', v_list, v_table),
        hint = format('Write %s; that is the order of the parts in a row''s id, too.',
                      (select string_agg(quote_ident(name), ', ' order by place) from jsonb_array_elements_text(v_ordered) with ordinality k (name, place)));
    end if;
    raise exception using errcode = 'EBV01',
      message = format('primary_key_column: the columns %s of %s are not unique together, so they do not name a row.', v_list, v_table),
      hint = 'Use the primary key, or add a unique index on just these columns.';
  end if;
end
$$;

-- Platform mode keeps the vectors next to the source table: pgvector and the right to create tables are needed there.
create or replace function embedd.check_platform(p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_source ->> 'vector_version' is null then
    raise exception using errcode = 'EBV01', message = 'mode platform needs the extension pgvector in the source database.',
      hint = 'create extension vector (as a superuser, or where the extension is trusted), or use mode managed.';
  end if;
  if not (p_source ->> 'can_create')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not create tables in the schema %s.', p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant create on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
end
$$;

-- The rules for a source table: it exists and all its rows can be seen. p_source is what describe_source() found.
create or replace function embedd.check_source(p_source_table text, p_source jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := format('%s.%s', p_source ->> 'schema', p_source ->> 'name');
begin
  if p_source is null then
    raise exception using errcode = 'EBV01', message = format('source_table: there is no table %s.', coalesce(p_source_table, 'null')),
      hint = 'Give its name with the schema, as in public.products; quote names that need it.';
  end if;
  if (p_source ->> 'temporary')::boolean then
    raise exception using errcode = 'EBV01', message = format('source_table: %s is a temporary table, which only its own session sees.', v_table),
      hint = 'Use a permanent table.';
  end if;
  if not (p_source ->> 'can_use_schema')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not use the schema %s.', p_source ->> 'role', p_source ->> 'schema'),
      hint = format('grant usage on schema %I to %I', p_source ->> 'schema', p_source ->> 'role');
  end if;
  if (p_source ->> 'row_security')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('Row security hides rows of %s from the role %s; rows it cannot see would look deleted.', v_table, p_source ->> 'role'),
      hint = 'Use a role with BYPASSRLS, or the owner of the table.';
  end if;
end
$$;

-- How the collections of a vector table are laid out in Qdrant, in the words of its own API; what is left out is what the
-- installation or the server has. Tables of pgvector have nothing of the kind.
create or replace function embedd.check_store_settings(p_settings jsonb, p_mode text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings jsonb := coalesce(jsonb_strip_nulls(p_settings), '{}');
  v_setting record;
  v_low int;
  v_high int;
begin
  if jsonb_typeof(v_settings) <> 'object' then
    raise exception using errcode = 'EBV01', message = 'store_settings must be an object.', hint = 'As in {"replication_factor": 3}.';
  elsif v_settings = '{}' then
    return v_settings;
  elsif p_mode = 'platform' then
    raise exception using errcode = 'EBV01', message = 'store_settings: there are none for a table of mode platform.',
      hint = 'They are about Qdrant, where vectors of mode managed lie; leave them out.';
  end if;
  for v_setting in
    select s.key, s.value, s.key as name from jsonb_each(v_settings) s
    union all
    select h.key, h.value, 'hnsw_config.' || h.key from jsonb_each(case jsonb_typeof(v_settings -> 'hnsw_config') when 'object' then v_settings -> 'hnsw_config' else '{}' end) h
     order by 3
  loop
    select l.low, l.high into v_low, v_high
      from (values ('shard_number', 1, 1000), ('replication_factor', 1, 100), ('write_consistency_factor', 1, 100),
                   ('hnsw_config.m', 4, 512), ('hnsw_config.ef_construct', 4, 10000)) l (name, low, high)
     where l.name = v_setting.name;
    if found then
      if not (case jsonb_typeof(v_setting.value) when 'number' then v_setting.value::numeric between v_low and v_high and v_setting.value::numeric = floor(v_setting.value::numeric) else false end) then
        raise exception using errcode = 'EBV01', message = format('store_settings: %s must be a whole number between %s and %s.', v_setting.name, v_low, v_high),
          hint = 'Leave it out to take what the installation or the Qdrant server has.';
      end if;
    elsif v_setting.name in ('on_disk', 'on_disk_payload') then
      if jsonb_typeof(v_setting.value) <> 'boolean' then
        raise exception using errcode = 'EBV01', message = format('store_settings: %s must be true or false.', v_setting.name),
          hint = 'Leave it out to take what the Qdrant server has.';
      end if;
    elsif v_setting.name = 'quantization' then
      if v_setting.value not in ('"none"', '"scalar"', '"binary"') then
        raise exception using errcode = 'EBV01', message = 'store_settings: quantization must be none, scalar or binary.',
          hint = 'scalar keeps a quarter of the memory and suits any model; binary a thirty-second, for models of 1,024 dimensions or more.';
      end if;
    elsif v_setting.name = 'hnsw_config' then
      if jsonb_typeof(v_setting.value) <> 'object' then
        raise exception using errcode = 'EBV01', message = 'store_settings: hnsw_config must be an object.', hint = 'As in {"m": 32, "ef_construct": 200}.';
      end if;
    else
      raise exception using errcode = 'EBV01', message = format('store_settings: there is no setting %s.', v_setting.name),
        hint = 'It takes shard_number, replication_factor, write_consistency_factor, on_disk, on_disk_payload, quantization and hnsw_config {m, ef_construct}.';
    end if;
  end loop;
  if v_settings ? 'write_consistency_factor' and (v_settings -> 'write_consistency_factor')::int > coalesce((v_settings -> 'replication_factor')::int, 0) then
    raise exception using errcode = 'EBV01', message = 'store_settings: write_consistency_factor must not be above replication_factor, given beside it.',
      hint = 'Leave it out for a majority of the replicas.';
  end if;
  return v_settings;
end
$$;

-- Rows of the source table now, where this session can count them; null where only a connection elsewhere can.
create or replace function embedd.count_source_rows(p_vector_table_id text) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation text;
  v_condition text;
  v_rows bigint;
begin
  select format('%I.%I', source_schema, source_name), condition into v_relation, v_condition
    from embedd.vector_tables where id = p_vector_table_id and capture_id is not null;
  if to_regclass(v_relation) is null or not has_table_privilege(v_relation, 'select') then
    return null;
  end if;
  execute format('select count(*) from %s where %s', v_relation, coalesce(v_condition, 'true')) into v_rows;
  return v_rows;
exception
  -- A column that the condition names is gone, which the worker says when it reads the table.
  when undefined_column or undefined_function or datatype_mismatch then
    return null;
end
$$;

-- A new physical store for a vector table, with the configuration the table has now. Returns its id.
create or replace function embedd.create_generation(p_vector_table_id text, p_state text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_table embedd.vector_tables := (select v from embedd.vector_tables v where v.id = p_vector_table_id);
  v_id bigint := nextval(pg_get_serial_sequence('embedd.generations', 'id'));
  v_suffix text := case when exists (select from embedd.generations where vector_table_id = p_vector_table_id) then '_' || v_id else '' end;
  -- A copy that was detached shares ids with the original, and perhaps a store.
  v_own text := coalesce((select '_' || left(uid::text, 6) from embedd.instance where detached), '');
  v_slug text := btrim(regexp_replace(lower(v_table.name), '[^a-z0-9]+', '_', 'g'), '_');
begin
  -- The passages of a text lie in a table of their own, whose name is longer.
  insert into embedd.generations (id, vector_table_id, state, store, store_schema, store_table, embedder_id, provider, base_url,
                                  embedding_model, embedding_dimensions, columns, chunking, store_settings)
  overriding system value
  select v_id, v_table.id, p_state, case v_table.mode when 'platform' then 'pgvector' else 'qdrant' end,
         case v_table.mode when 'platform' then v_table.source_schema end,
         case v_table.mode when 'platform' then format('embedd_vt_%s_%s%s', substr(v_table.id, 4, 8), left(v_slug, case v_table.chunking ->> 'strategy' when 'none' then 32 else 16 end), v_suffix || v_own)
                           else 'embedd_' || v_table.id || v_suffix || v_own end,
         e.id, e.provider, e.base_url, v_table.embedding_model, v_table.embedding_dimensions, v_table.columns, v_table.chunking, v_table.store_settings
    from embedd.embedders e where e.id = v_table.embedder_id;
  return v_id;
end
$$;

-- Makes a source table searchable: checks everything, then stores the configuration and starts to watch the table.
-- Nothing is embedded before backfill(). One transaction: it happens whole or not at all.
-- source_facts is what describe_source() answered over the connection; without it this database is asked.
-- The caller's search path holds here, so that source_table means what it means to the caller; hence the qualified names.
create or replace function embedd.create_vector_table(
  name text, source_table text, columns json, embedder text default 'local', connection text default 'local',
  primary_key_column text default null, embedding_model text default null, embedding_dimensions int default null,
  mode text default null, sync_mode text default 'batch', source_facts jsonb default null, id text default null,
  allow_duplicate_name boolean default false, "where" text default null, language text default 'english',
  chunking jsonb default null, store_settings jsonb default null)
returns text
language plpgsql
as $$
#variable_conflict use_column
declare
  v_environment text := embedd.acting_environment();
  v_id text := coalesce(create_vector_table.id, 'vt_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''));
  v_connection_id text;
  v_connection embedd.connections;
  v_embedder_id uuid;
  v_embedder embedd.embedders;
  v_mode text;
  v_facts jsonb := source_facts;
  v_key record;
  v_model text;
  v_dimensions int;
  v_schema text;
  v_relation text;
  v_capture int;
  v_condition record;
  v_chunking jsonb := embedd.check_chunking(create_vector_table.chunking);
  v_settings jsonb;
begin
  perform embedd.check_name(create_vector_table.name, 'vector table',
    not allow_duplicate_name and exists (select from embedd.vector_tables v
      where v.environment_id = v_environment and v.dropped_at is null and v.name = create_vector_table.name));
  v_connection_id := embedd.resolve_connection(connection);
  v_embedder_id := embedd.resolve_embedder(embedder);
  select * into v_connection from embedd.connections c where c.id = v_connection_id;
  select * into v_embedder from embedd.embedders e where e.id = v_embedder_id for key share;
  if v_connection.status <> 'connected' then
    raise exception using errcode = 'EBR01', message = pg_catalog.format('The connection %s is %s, not connected.', v_connection.name, v_connection.status),
      hint = pg_catalog.format('Test it first: POST /v1/connections/%s/test.', v_connection.id);
  end if;
  v_mode := coalesce(create_vector_table.mode, v_connection.mode, 'managed');
  if v_mode not in ('managed', 'platform') or v_mode <> coalesce(v_connection.mode, v_mode) then
    raise exception using errcode = 'EBV01', message = pg_catalog.format('mode must be %s.', coalesce(v_connection.mode, 'managed or platform')),
      hint = 'It has to be the mode of the connection; leave it out to take that one.';
  end if;
  if not exists (select from pg_catalog.pg_ts_config c
                  where c.cfgnamespace = 'pg_catalog'::pg_catalog.regnamespace and c.cfgname = create_vector_table.language) then
    raise exception using errcode = 'EBV01', message = pg_catalog.format('language: there is no text search configuration %s.', create_vector_table.language),
      hint = (select pg_catalog.string_agg(c.cfgname::text, ', ' order by c.cfgname) from pg_catalog.pg_ts_config c
               where c.cfgnamespace = 'pg_catalog'::pg_catalog.regnamespace);
  end if;
  v_settings := embedd.check_store_settings(create_vector_table.store_settings, v_mode);
  if coalesce(create_vector_table.sync_mode, '') not in ('batch', 'cdc') then
    raise exception using errcode = 'EBV01', message = 'sync_mode must be batch or cdc.', hint = 'batch is the default.';
  end if;
  v_model := coalesce(create_vector_table.embedding_model, v_embedder.model,
    (select m.model from embedd.models() m where m.provider = v_embedder.provider limit 1));
  v_dimensions := embedd.check_embedder_use(v_embedder, v_model, create_vector_table.embedding_dimensions);

  if v_facts is null and v_connection.capture = 'trigger' and v_connection.host is null then
    begin
      v_facts := embedd.describe_source(create_vector_table.source_table);
    exception
      when syntax_error or invalid_name or feature_not_supported then
        null;  -- no name of a table in this database; check_source() says so
      when insufficient_privilege then
        raise exception using errcode = 'EBP02',
          message = pg_catalog.format('The role %s may not use the schema of %s.', current_user, create_vector_table.source_table),
          hint = pg_catalog.format('grant usage on schema %I to %I', (pg_catalog.parse_ident(create_vector_table.source_table))[1], current_user);
    end;
  end if;
  perform embedd.check_source(create_vector_table.source_table, v_facts);
  v_key := embedd.check_key(v_facts, embedd.named_key(v_facts, create_vector_table.primary_key_column));
  perform embedd.check_columns(create_vector_table.columns, v_facts);
  if v_mode = 'platform' then
    perform embedd.check_platform(v_facts);
  end if;
  v_condition := embedd.source_condition("where", v_facts, v_connection.host is null);
  v_schema := v_facts ->> 'schema'::text;
  v_relation := v_facts ->> 'name'::text;
  -- Over a host, own says that this very database answered there just now; else the same name may be another table.
  -- What is no table of its own has no triggers that tell: it is polled.
  if v_facts ->> 'kind'::text in ('r', 'p') and v_connection.capture = 'trigger' and (v_connection.host is null or coalesce((v_facts ->> 'own'::text)::boolean, false)) then
    v_capture := embedd.watch_source(v_schema, v_relation, v_key.key_columns, create_vector_table.columns, v_condition.columns);
  end if;

  if v_mode = 'managed' then
    perform embedd.check_table_quota();
  end if;
  insert into embedd.vector_tables (id, organization_id, environment_id, name, connection_id, embedder_id, source_table,
    source_schema, source_name, primary_key_column, key_columns, key_types, mode, sync_mode, embedding_model,
    embedding_dimensions, columns, language, condition, condition_columns, chunking, store_settings,
    capture_id, created_by)
  values (v_id, embedd.acting_organization(), v_environment, create_vector_table.name, v_connection.id, v_embedder.id,
    create_vector_table.source_table, v_schema, v_relation,
    coalesce(create_vector_table.primary_key_column, v_key.key_name), v_key.key_columns, v_key.key_types, v_mode,
    create_vector_table.sync_mode, v_model, v_dimensions, create_vector_table.columns, create_vector_table.language,
    v_condition.condition, v_condition.columns, v_chunking, v_settings, v_capture, embedd.acting_user());
  perform embedd.create_generation(v_id, 'active');
  return v_id;
end
$$;
comment on function embedd.create_vector_table(text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean, text, text, jsonb, jsonb) is
  'Makes a source table searchable by meaning; returns the vector table''s id. Call backfill() next.';

-- Ends a vector table: sync stops and its name is free at once, the triggers go when nothing else needs them;
-- a worker then removes the vectors. The source table stays as it is. The capture's row is locked, so that creating
-- and dropping vector tables on one source take turns.
create or replace function embedd.drop_vector_table(vector_table text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_capture int;
begin
  update embedd.vector_tables set dropped_at = now(), changed_at = now() where id = v_id returning capture_id into v_capture;
  update embedd.tasks set status = 'cancelled', finished_at = now() where target_id = v_id and status in ('pending', 'running');
  update embedd.generations set state = 'dropped' where vector_table_id = v_id;
  if v_capture is not null then
    update embedd.vector_tables set capture_id = null where id = v_id;
    perform from embedd.captures where id = v_capture for update;
    if exists (select from embedd.vector_tables where capture_id = v_capture) then
      update embedd.captures
         set tracked_columns = array(
               select distinct c ->> 'name' from embedd.vector_tables v, json_array_elements(v.columns) c
                where v.capture_id = v_capture order by 1)
       where id = v_capture;
      perform embedd.generate_capture(v_capture);
    else
      perform embedd.remove_capture(v_capture);
    end if;
  end if;
end
$$;
comment on function embedd.drop_vector_table(text) is 'Stops sync and removes the vectors; the source table is left as it is.';

-- Where another table has the name of a watched one now (it was replaced, or dropped and made anew), watches that one
-- instead. True: no vector table is left on this capture.
create or replace function embedd.follow_source(p_capture_id int) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_watched oid := (select source_table from embedd.captures where id = p_capture_id);
  v_table embedd.vector_tables;
  v_capture int;
begin
  for v_table in
    select * from embedd.vector_tables where capture_id = p_capture_id and to_regclass(format('%I.%I', source_schema, source_name)) <> v_watched order by id
  loop
    begin
      v_capture := embedd.watch_source(v_table.source_schema, v_table.source_name, v_table.key_columns, v_table.columns, v_table.condition_columns);
      update embedd.vector_tables set capture_id = v_capture, changed_at = clock_timestamp() where id = v_table.id;
      perform embedd.add_notice(v_table.id, 'Another table has the name of the source table now; it is followed instead. All rows are compared.');
      perform embedd.request_reconcile(v_table.id);
    exception when sqlstate 'EBV01' or sqlstate 'EBP02' or insufficient_privilege then
      perform embedd.record_sync(v_table.id, 'Another table has the name of the source table now, and its changes cannot be followed. ' || sqlerrm);
    end;
  end loop;
  if v_capture is null or exists (select from embedd.vector_tables where capture_id = p_capture_id) then
    return false;
  end if;
  begin
    perform embedd.remove_capture(p_capture_id);
  exception when sqlstate 'EBP02' or insufficient_privilege then
    null;  -- its triggers stay on the old table and find nobody who wants to know
  end;
  return true;
end
$$;

-- One vector table by name or id.
create or replace function embedd.get_vector_table(vector_table text)
returns table (id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text,
               source_table text, primary_key_column text, mode text, sync_mode text, sync_status text,
               embedding_model text, embedding_dimensions int, columns json, created_at timestamptz, "where" text, language text,
               chunking jsonb, store_settings jsonb)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
begin
  return query select * from embedd.list_vector_tables() v where v.id = v_id;
end
$$;
comment on function embedd.get_vector_table(text) is 'One vector table by name or id.';

-- Vector tables of the environment, oldest first, after a given one.
create or replace function embedd.list_vector_tables(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text,
               source_table text, primary_key_column text, mode text, sync_mode text, sync_status text,
               embedding_model text, embedding_dimensions int, columns json, created_at timestamptz, "where" text, language text,
               chunking jsonb, store_settings jsonb)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select v.id, v.organization_id, v.environment_id, v.name, v.connection_id, e.public_id, v.source_table,
         v.primary_key_column, v.mode, v.sync_mode, v.sync_status, v.embedding_model, v.embedding_dimensions, v.columns,
         v.created_at, v.condition, v.language, v.chunking, v.store_settings
    from embedd.vector_tables v left join embedd.embedders e on e.id = v.embedder_id
   where v.environment_id = embedd.acting_environment() and v.dropped_at is null
     and (v.created_at, v.id) > (after_created_at, after_id)
   order by v.created_at, v.id limit "limit"
$$;
comment on function embedd.list_vector_tables(int, timestamptz, text) is 'Vector tables of the environment, oldest first.';

-- The columns that primary_key_column names: one, just as it is called, or several as SQL identifiers with commas between them;
-- when nothing is named, those of the primary key. Null where there is none.
create or replace function embedd.named_key(p_source jsonb, p_named text) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_pieces text[];
  v_piece text;
  v_columns text[] := '{}';
begin
  if p_named is null then
    return (select array_agg(name order by place)
              from jsonb_array_elements_text(nullif(p_source -> 'primary_key', 'null')) with ordinality k (name, place));
  end if;
  if strpos(p_named, ',') = 0 or exists (select from jsonb_array_elements(nullif(p_source -> 'columns', 'null')) c where c ->> 'name' = p_named) then
    return array[p_named];
  end if;
  v_pieces := array(select piece[1] from regexp_matches(p_named, '(?:"(?:[^"]|"")*"|[^",])+', 'g') piece);
  if array_to_string(v_pieces, ',') <> p_named then
    raise invalid_parameter_value;
  end if;
  foreach v_piece in array v_pieces loop
    if cardinality(parse_ident(v_piece)) <> 1 then
      raise invalid_parameter_value;
    end if;
    v_columns := v_columns || parse_ident(v_piece);
  end loop;
  return v_columns;
exception when invalid_parameter_value then
  raise exception using errcode = 'EBV01', message = format('primary_key_column: %s is no list of columns.', quote_literal(p_named)),
    hint = 'Write column names with commas between them, as in order_id, line_no; quote names that need it, as in "Order", "No.".';
end
$$;

-- Stops automatic sync of a table that was filled once; queries keep answering, changes are kept for later. One whose
-- backfill has not ended would be taken for synced when it is resumed.
create or replace function embedd.pause_sync(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_status text;
begin
  select sync_status into v_status from embedd.vector_tables where id = v_id for no key update;
  if v_status = 'paused' then
    raise exception using errcode = 'EBC02', message = 'Sync of this vector table is already paused.',
      hint = 'Resume it before pausing again.';
  end if;
  if v_status not in ('synced', 'error') then
    raise exception using errcode = 'EBC04', message = format('Sync of this vector table is %s, so it cannot be paused.', v_status),
      hint = 'Wait until its backfill has finished.';
  end if;
  if v_status = 'error' and (
       not exists (select from embedd.tasks where target_id = v_id and task_type in ('backfill', 'rebackfill') and status = 'completed')
       or exists (select from embedd.tasks
                   where target_id = v_id and task_type in ('backfill', 'rebackfill') and status in ('pending', 'running'))) then
    raise exception using errcode = 'EBC04',
      message = 'The backfill of this vector table has not finished, so its sync cannot be paused.',
      hint = 'Mend the error its sync status shows, or cancel the task.';
  end if;
  update embedd.vector_tables set sync_status = 'paused', changed_at = now() where id = v_id;
  return v_id;
end
$$;
comment on function embedd.pause_sync(text) is 'Stops automatic sync; queries keep answering and changes are kept.';

-- Puts a new generation beside the active one, or in its place while nothing was ever filled. One that was being built
-- for a configuration now out of date is given up.
create or replace function embedd.replace_generation(p_vector_table_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_empty boolean := (select sync_status = 'pending' from embedd.vector_tables where id = p_vector_table_id);
begin
  update embedd.generations set state = 'dropped'
   where vector_table_id = p_vector_table_id and (state = 'building' or v_empty and state = 'active');
  perform embedd.create_generation(p_vector_table_id, case when v_empty then 'active' else 'building' end);
end
$$;

-- Id of the vector table a user means by name or id.
create or replace function embedd.resolve_vector_table(p_reference text) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select embedd.pick_one(
    array(select id from embedd.vector_tables
           where environment_id = embedd.acting_environment() and dropped_at is null and p_reference in (id, name)
           order by id),
    p_reference, 'vector table', 'EBN04')
$$;

-- Starts automatic sync again; what changed meanwhile is caught up. A table whose last backfill failed is in error as before.
create or replace function embedd.resume_sync(vector_table text) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
begin
  update embedd.vector_tables v
     set sync_status = case b.status when 'failed' then 'error' else 'synced' end, changed_at = now()
    from (select (select t.status from embedd.tasks t where t.target_id = v_id and t.task_type in ('backfill', 'rebackfill')
                   order by t.created_at desc limit 1) as status) b
   where v.id = v_id and v.sync_status = 'paused';
  if not found then
    raise exception using errcode = 'EBC03', message = 'Sync of this vector table is not paused.',
      hint = 'Only a paused table can be resumed.';
  end if;
  perform pg_notify('embedd', '');
  return v_id;
end
$$;
comment on function embedd.resume_sync(text) is 'Starts automatic sync again and catches up.';

-- What a query must know of a vector table, when it can answer queries: from the first backfill on, also while paused
-- or in error. One row says store, embedder, model and dimensions, so a query never mixes two models.
create or replace function embedd.searchable_generation(vector_table text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
begin
  select * into v_table from embedd.vector_tables where id = v_id;
  if v_table.sync_status = 'pending' or v_table.sync_status = 'error' and v_table.last_synced_at is null then
    raise exception using errcode = 'EBR02',
      message = format('The vector table %s is %s, so it cannot be queried yet.', v_table.name, v_table.sync_status),
      hint = case v_table.sync_status when 'pending' then format('Request a backfill: POST /v1/vector-tables/%s/backfill.', v_table.id)
             else 'Its sync status shows the error; mend it and request a backfill.' end;
  end if;
  if exists (select from embedd.generations where vector_table_id = v_table.id and state = 'active' and refilling) then
    raise exception using errcode = 'EBR02',
      message = format('The store of the vector table %s was lost; it is being filled again and cannot be queried yet.', v_table.name),
      hint = format('Wait until its sync_status is synced: GET /v1/vector-tables/%s/sync/status.', v_table.id);
  end if;
  return (select embedd.load_generation(id) from embedd.generations where vector_table_id = v_table.id and state = 'active');
end
$$;

-- The condition of a vector table, checked: over the connection (what it found is in p_source), or here for a table of this
-- database. Blank means none.
create or replace function embedd.source_condition(p_condition text, p_source jsonb, p_here boolean, out condition text, out columns text[])
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  columns := '{}';
  if coalesce(btrim(p_condition), '') = '' then
    return;
  end if;
  if p_source ? 'condition' then
    condition := p_source -> 'condition' ->> 'condition';
    columns := array(select jsonb_array_elements_text(p_source -> 'condition' -> 'columns'));
  elsif p_here then
    select c.condition, c.columns into condition, columns
      from embedd.check_condition(p_condition, format('%I.%I', p_source ->> 'schema', p_source ->> 'name')::regclass) c;
  else
    raise exception using errcode = 'EBV01', message = 'where can only be checked over the connection.', hint = 'Create the vector table over REST.';
  end if;
  if exists (select from unnest(columns) n join jsonb_array_elements(p_source -> 'columns') c on c ->> 'name' = n and not (c ->> 'can_read')::boolean) then
    raise exception using errcode = 'EBP02', message = format('The role %s may not read all columns that where names.', p_source ->> 'role'),
      hint = format('grant select on %I.%I to %s', p_source ->> 'schema', p_source ->> 'name', p_source ->> 'role');
  end if;
end
$$;

-- How far a vector table is. rows_pending counts changes that are not in the store yet; synced_rows are rows the
-- store holds as they are or were; both are counted, not estimated. While a new generation is built, it is the one counted. total_rows is null for a polled source that nobody
-- has counted yet, and for one whose changes triggers in its own database tell of: only a session over its connection can.
create or replace function embedd.sync_status(vector_table text)
returns table (vector_table_id text, sync_status text, synced_rows bigint, total_rows bigint, last_synced_at timestamptz,
               rows_pending bigint, staleness_secs bigint, dead_rows bigint, skipped_rows bigint, last_error text,
               last_error_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd.resolve_vector_table(vector_table);
begin
  return query
  with v as (
    select v.*, g.id as generation_id from embedd.vector_tables v
      join embedd.generations g on g.vector_table_id = v.id and g.state in ('active', 'building')
     where v.id = v_id
     order by g.state = 'building' desc limit 1
  ), counted as (
    select v.generation_id,
           (select count(*) from embedd.row_states r where r.generation_id = v.generation_id) as synced,
           (select count(*) from embedd.row_states r where r.generation_id = v.generation_id and r.text_hash = '') as skipped,
           (select count(*) from embedd.jobs j where j.generation_id = v.generation_id and j.state = 'queued') as queued,
           (select count(*) from embedd.jobs j where j.generation_id = v.generation_id and j.state = 'dead') as dead,
           (select coalesce(sum(coalesce(cardinality(o.keys), 1)), 0) from embedd.outbox o
             where o.capture_id = v.capture_id and v.sync_status <> 'pending') as noted,
           case when v.remote_capture_id is null then coalesce(embedd.count_source_rows(v.id), v.source_rows) end as source_rows,
           exists (select from embedd.remote_outboxes t join embedd.remote_outboxes o using (line)
                    where t.connection_id = v.connection_id and v.remote_capture_id is not null and o.leased_until > clock_timestamp() and o.worker is not null and o.error is null) as fetched
      from v
  )
  select v.id, v.sync_status, c.synced, c.source_rows, v.last_synced_at,
         case when v.sync_status in ('pending', 'backfilling', 'pending_rebackfill')
              then greatest(c.source_rows - c.synced - c.dead, c.queued + c.noted) else c.queued + c.noted end,
         case when v.sync_status = 'synced' and c.queued + c.noted = 0 and (v.capture_id is not null or c.fetched) then 0
              else extract(epoch from clock_timestamp() - v.last_synced_at)::bigint end,
         c.dead, c.skipped, v.last_error, v.last_error_at
    from v join counted c using (generation_id);
end
$$;
comment on function embedd.sync_status(text) is 'Status, counts and last error of a vector table''s sync.';

-- What of the columns decides the text of a row: the embedded ones in their order, with their prefixes. Two
-- configurations with the same signature need no new vectors.
create or replace function embedd.text_signature(p_columns json) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select jsonb_agg(jsonb_build_array(c.value ->> 'name', coalesce(c.value ->> 'name_prefix', ''))
                   order by (c.value ->> 'ordinal')::float8 nulls last, c.ordinality)
    from json_array_elements(p_columns) with ordinality c
   where c.value ->> 'role' = 'embedding'
$$;

-- Changes a vector table; what is null stays as it is. Other embedded columns, another model or other dimensions need
-- other vectors: they are built beside the present ones, which keep answering and keep in sync until the switch.
-- Other metadata columns are filled in where the vectors are, and rows come and go when "where" changes (blank lifts it).
-- Each is a task; a name or sync_mode is changed at once.
create or replace function embedd.update_vector_table(
  vector_table text, name text default null, columns json default null, embedder text default null,
  embedding_model text default null, embedding_dimensions int default null, sync_mode text default null,
  source_facts jsonb default null, allow_duplicate_name boolean default false, "where" text default null,
  chunking jsonb default null)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd.resolve_vector_table(vector_table);
  v_old embedd.vector_tables;
  v_embedder embedd.embedders;
  v_columns json;
  v_model text;
  v_dimensions int;
  v_facts jsonb;
  v_vectors boolean;
  v_metadata boolean;
  v_rows boolean := false;
  v_condition record;
  v_here boolean;
  v_chunking jsonb;
begin
  select * into v_old from embedd.vector_tables v where v.id = v_id for no key update;
  if update_vector_table.name is not null then
    perform embedd.check_name(update_vector_table.name, 'vector table',
      not allow_duplicate_name and exists (select from embedd.vector_tables v
        where v.environment_id = v_old.environment_id and v.dropped_at is null and v.id <> v_id and v.name = update_vector_table.name));
  end if;
  if update_vector_table.sync_mode not in ('batch', 'cdc') then
    raise exception using errcode = 'EBV01', message = 'sync_mode must be batch or cdc.', hint = 'batch is the default.';
  end if;
  select * into v_embedder from embedd.embedders e
   where e.id = case when embedder is null then v_old.embedder_id else embedd.resolve_embedder(embedder) end for key share;
  v_columns := coalesce(update_vector_table.columns, v_old.columns);
  v_model := coalesce(update_vector_table.embedding_model, v_old.embedding_model);
  v_dimensions := v_old.embedding_dimensions;
  if coalesce(update_vector_table.embedding_model, update_vector_table.embedding_dimensions::text, embedder) is not null then
    -- A server of one's own says nothing of its sizes: what was, stays.
    v_dimensions := embedd.check_embedder_use(v_embedder, v_model,
      coalesce(update_vector_table.embedding_dimensions, case when v_embedder.base_url is not null then v_old.embedding_dimensions end));
  end if;
  v_chunking := case when update_vector_table.chunking is null then v_old.chunking else embedd.check_chunking(update_vector_table.chunking) end;
  v_vectors := embedd.text_signature(v_columns) <> embedd.text_signature(v_old.columns)
    or (v_model, v_dimensions, v_chunking) <> (v_old.embedding_model, v_old.embedding_dimensions, v_old.chunking)
    or v_embedder.provider <> (select g.provider from embedd.generations g where g.vector_table_id = v_id order by g.id desc limit 1);
  v_metadata := v_columns::jsonb <> v_old.columns::jsonb;

  if v_vectors and v_embedder.id is null then
    raise exception using errcode = 'EBN03', message = 'The embedder of this vector table was deleted.', hint = 'Name another one.';
  end if;
  if v_vectors or v_metadata or "where" is not null then
    if exists (select from embedd.tasks t where t.target_id = v_id and t.task_type in ('backfill', 'rebackfill') and t.status in ('pending', 'running')) then
      raise exception using errcode = 'EBC01', message = 'A backfill of this vector table is already running.',
        hint = 'Wait for it to end; its progress shows in the sync status.';
    end if;
    if v_old.sync_status = 'paused' then
      raise exception using errcode = 'EBC02', message = 'Sync of this vector table is paused.', hint = 'Resume it first.';
    end if;
    v_here := (select c.host is null from embedd.connections c where c.id = v_old.connection_id);
    v_facts := source_facts;
    if v_facts is null and v_here then
      v_facts := embedd.describe_source(pg_catalog.format('%I.%I', v_old.source_schema, v_old.source_name));
    end if;
    perform embedd.check_source(v_old.source_table, v_facts), embedd.check_key(v_facts, v_old.key_columns);
    perform embedd.check_columns(v_columns, v_facts);
    select v_old.condition, v_old.condition_columns as columns into v_condition;
    if "where" is not null then
      v_condition := embedd.source_condition("where", v_facts, v_here);
      v_rows := v_condition.condition is distinct from v_old.condition;
    end if;
    if v_old.capture_id is not null then
      perform embedd.watch_source(v_old.source_schema, v_old.source_name, v_old.key_columns, v_columns, v_condition.columns);
    end if;
    update embedd.vector_tables v set condition = v_condition.condition, condition_columns = v_condition.columns where v.id = v_id;
  end if;

  update embedd.vector_tables v
     set name = coalesce(update_vector_table.name, v.name), sync_mode = coalesce(update_vector_table.sync_mode, v.sync_mode),
         embedder_id = v_embedder.id, columns = v_columns, embedding_model = v_model, embedding_dimensions = v_dimensions,
         chunking = v_chunking, changed_at = now(),
         -- Triggers elsewhere learn of new columns a moment later: a comparison sees to that.
         next_poll_at = case when v.remote_capture_id is not null and (v_vectors or v_metadata or v_rows) then now() else v.next_poll_at end
   where v.id = v_id;
  if v_vectors then
    perform embedd.replace_generation(v_id);
  elsif v_metadata then
    update embedd.generations g set columns = v_columns where g.vector_table_id = v_id and g.state = 'active';
  end if;
  if not v_vectors then
    update embedd.generations g set embedder_id = v_embedder.id where g.vector_table_id = v_id and g.state in ('active', 'building');
  end if;
  if (v_vectors or v_metadata or v_rows) and v_old.sync_status <> 'pending' then
    perform embedd.request_rebackfill(v_id);
  end if;
  return v_id;
end
$$;
comment on function embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean, text, jsonb) is
  'Changes a vector table; null keeps. New vectors are built beside the old ones, which answer until the switch.';

-- Triggers for a table of this database, after a check that we may create them. Returns the capture's id.
create or replace function embedd.watch_source(p_schema text, p_name text, p_key text[], p_columns json, p_more text[] default '{}') returns int
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation regclass := to_regclass(format('%I.%I', p_schema, p_name));
  v_own jsonb := embedd.describe_source(format('%I.%I', p_schema, p_name));
begin
  if v_own is null or v_own ->> 'kind' not in ('r', 'p') then
    raise exception using errcode = 'EBV01',
      message = format('source_table: %s.%s is no table, so it can have no triggers.', p_schema, p_name),
      hint = 'Use a table; views can be watched over a connection that polls.';
  end if;
  if not (v_own ->> 'can_trigger')::boolean then
    raise exception using errcode = 'EBP02',
      message = format('The role %s may not create triggers on %s: it does not own the table.', current_user, v_relation),
      hint = format('Call this as the owner of the table, or: grant %s to %I',
                    (select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = v_relation), current_user);
  end if;
  return embedd.install_capture(v_relation, p_key, array(select c ->> 'name' from json_array_elements(p_columns) c) || p_more);
end
$$;

-- Nothing here is for everybody, and the generated trigger functions follow their generator.
revoke all on all functions in schema embedd from public;
select embedd.generate_capture(id) from embedd.captures where source_table in (select oid from pg_class);

commit;
