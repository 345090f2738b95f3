-- The audit log has what commands and SQL do, too, and who logged in for it; requests without a valid key are counted beside it.
alter table embedd.audit_log
  add column door text not null default 'rest' check (door in ('rest', 'cli', 'sql')),
  add column role name;
comment on table embedd.audit_log is 'Who changed or tried to change what. Entries are added, by record_audit() alone, never changed.';
comment on column embedd.audit_log.door is 'Whether it came over REST, from a command, or in SQL.';
comment on column embedd.audit_log.role is 'The role that had logged in to the database; null: from before this was noted.';
drop index embedd.audit_log_organization;
create index audit_log_place on embedd.audit_log (organization_id, at, id);

-- Numbered with the entries of the log, so that both make one list.
create table embedd.failed_logins (
  minute   timestamptz not null,
  address  text not null,
  attempts int not null default 1,
  id       bigint not null default nextval('embedd.audit_log_id_seq'),
  primary key (minute, address)
);
comment on table embedd.failed_logins is 'Requests that came without a valid API key, by address and minute; kept for 90 days.';

-- It lists more, by page.
drop function if exists embedd.list_audit(int);
