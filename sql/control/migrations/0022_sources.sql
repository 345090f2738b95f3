-- A connection with a host is never taken for this database, whatever answers there; rows of sources are counted by workers alone.
alter table embedd.vector_tables
  add column next_count_at timestamptz not null default now(),
  add column uncounted_since timestamptz default now(),
  add column rows_beyond_tier bigint not null default 0;
comment on column embedd.vector_tables.source_rows is
  'Rows of the source when they were counted last: by a complete cycle if it is polled, at the start of a backfill, before the first one.';
comment on column embedd.vector_tables.next_count_at is 'Before that its rows are not counted again.';
comment on column embedd.vector_tables.uncounted_since is 'When rows may last have come or gone that nobody counted; null: none have.';
comment on column embedd.vector_tables.rows_beyond_tier is 'Rows of the source that its organization''s tier leaves out.';
drop function if exists embedd.count_source_rows(text);

-- Tables that were watched here over a connection with a host are polled from now on. Each is compared once, whole; a worker
-- removes the triggers that no vector table needs any more, in a transaction of its own.
with moved as (
  update embedd.vector_tables v set capture_id = null, next_poll_at = now(), changed_at = now()
    from embedd.connections c where c.id = v.connection_id and c.host is not null and v.capture_id is not null
  returning v.id, v.dropped_at
)
insert into embedd.notices (vector_table_id, message)
select id, 'It is polled from now on: a connection with a host is not taken for the database embedd is installed in any more. '
        || 'For triggers create the vector table anew over the connection local.'
  from moved where dropped_at is null;
update embedd.connections set capture = 'poll' where host is not null and capture = 'trigger';
alter table embedd.connections add constraint connections_local_check check (host is null or capture is distinct from 'trigger');

-- What embedd and PostgreSQL keep for themselves is no source: its vector tables are dropped, a worker removes their vectors.
insert into embedd.notices (message)
select format('The vector table %s of %s was dropped: tables of the schema %s are no sources any more.', name, organization_id, source_schema)
  from embedd.vector_tables where dropped_at is null and source_schema ~ '^(pg_.*|embedd|information_schema)$' order by id;
update embedd.tasks t set status = 'cancelled', finished_at = now()
  from embedd.vector_tables v
 where v.id = t.target_id and v.source_schema ~ '^(pg_.*|embedd|information_schema)$' and t.status in ('pending', 'running');
update embedd.generations g set state = 'dropped'
  from embedd.vector_tables v where v.id = g.vector_table_id and v.source_schema ~ '^(pg_.*|embedd|information_schema)$';
update embedd.vector_tables set dropped_at = coalesce(dropped_at, now()), capture_id = null, changed_at = now()
 where source_schema ~ '^(pg_.*|embedd|information_schema)$';
