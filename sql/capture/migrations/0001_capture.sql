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
