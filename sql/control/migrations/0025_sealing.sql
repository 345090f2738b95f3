-- A stored secret is bound to the address it is sent to: it is removed when that changes, and its envelope opens for that alone.
alter table embedd.connections add column authentication text not null default 'scram-sha-256'
  check (authentication in ('scram-sha-256', 'any'));
comment on column embedd.connections.authentication is
  'How the server may ask for the stored password: scram-sha-256 proves nothing to a false server; any but in clear, for what was there before.';
update embedd.connections set authentication = 'any' where password is not null;

alter table embedd.embedders add column secret_removed boolean not null default false;
comment on column embedd.embedders.secret_removed is
  'Its credentials were removed when its address changed, and have to be sent again.';

create table embedd.sealing (
  only_row       boolean primary key default true check (only_row),
  oldest_version int not null check (oldest_version in (1, 2))
);
comment on table embedd.sealing is 'Which envelopes of stored secrets are opened.';
comment on column embedd.sealing.only_row is 'There is one row.';
comment on column embedd.sealing.oldest_version is
  'Version 1 knows nothing of addresses; once everything is sealed anew (embedd secrets rotate) it is opened nowhere.';
insert into embedd.sealing (oldest_version)
select case when exists (select from embedd.connections where password is not null)
              or exists (select from embedd.embedders where credentials is not null) then 1 else 2 end;

insert into embedd.notices (message)
select 'Stored credentials are not yet bound to the addresses they are sent to. Run: embedd secrets rotate'
  from embedd.sealing where oldest_version = 1;
insert into embedd.notices (message)
select format('The connection %s goes on with any way in which its server asks for the password but in clear. If the server knows '
              'scram-sha-256, run: select embedd.update_connection(%L, authentication => ''scram-sha-256'')', name, id)
  from embedd.connections where authentication = 'any';
insert into embedd.notices (message)
select format('The embedder %s names its key by a reference (%s) and has an address of its own. The key is sent there once the operator '
              'binds it in EMBEDD_SECRET_REFERENCES: %s@%s=%s', name, secret_ref, secret_ref, organization_id, base_url)
  from embedd.embedders where secret_ref is not null and base_url is not null;

drop function if exists embedd.check_address(text, int, text, text, text);
drop function if exists embedd.create_connection(text, text, text, text, text, jsonb, int, text, text, boolean);
drop function if exists embedd.update_connection(text, text, text, int, text, text, jsonb, text, boolean);
drop function if exists embedd.save_embedder(embedd.embedders, embedd.embedders, boolean);
drop function if exists embedd.update_embedder_record(uuid, jsonb, jsonb, bytea);
