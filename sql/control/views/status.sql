-- The vector tables of all organizations, one row each: their source, their progress and their errors. The view reads
-- tables only, so SELECT on it is enough. Only the selected columns cost time: synced_rows and skipped_rows count
-- embedd.row_states (a quarter of a second per million rows), pending_rows and dead_rows count embedd.jobs and
-- embedd.outbox (the changes that wait), and the others take milliseconds together. embedd.sync_status() also returns
-- the number of rows of the source.
-- No worker follows the tables of a disabled organization, so they are shown as paused, with the reason.
-- embedd_internal.resting_reason() returns the same reason for the acting organization.
create or replace view embedd.status as
select o.name as organization, e.name as environment, v.name, c.name as connection, v.source_table, v.mode,
       m.name as embedder, v.embedding_model, s.sync_status,
       (select count(*) from embedd.row_states s where s.generation_id = g.id) as synced_rows,
       (select count(*) from embedd.jobs j where j.generation_id = g.id and j.state = 'queued')
         + case when v.sync_status = 'pending' then 0 else coalesce(n.keys, 0) end as pending_rows,
       (select count(*) from embedd.jobs j where j.generation_id = g.id and j.state = 'dead') as dead_rows,
       (select count(*) from embedd.row_states s where s.generation_id = g.id and s.text_hash = '') as skipped_rows,
       case when s.sync_status = 'synced'
                 and not exists (select from embedd.jobs j where j.generation_id = g.id and j.state = 'queued')
                 and (v.capture_id is not null
                      and not exists (select from embedd.outbox b where b.capture_id = v.capture_id)
                      or v.remote_capture_id is not null
                         and exists (
                           select from embedd.remote_outboxes t join embedd.remote_outboxes b using (line)
                            where t.connection_id = v.connection_id and b.leased_until > statement_timestamp()
                              and b.worker is not null and b.error is null))
            then interval '0' else date_trunc('second', statement_timestamp() - v.last_synced_at) end as staleness,
       v.last_synced_at, r.running,
       case when o.status = 'disabled'
            then concat_ws(' Before: ',
                           'The organization is disabled, so its sync is paused until it is enabled again.',
                           v.last_error)
            else v.last_error end as last_error,
       v.last_error_at, v.id
  from embedd.vector_tables v
  join embedd.organizations o on o.id = v.organization_id
  cross join lateral (select case when o.status = 'disabled' then 'paused' else v.sync_status end as sync_status) s
  join embedd.environments e on e.id = v.environment_id
  join embedd.connections c on c.id = v.connection_id
  left join embedd.embedders m on m.id = v.embedder_id
  left join lateral (
    -- The generation that sync_status() counts: while one is being built, that one.
    select g.id from embedd.generations g where g.vector_table_id = v.id and g.state in ('active', 'building')
     order by g.state = 'building' desc limit 1) g on true
  left join (
    select capture_id, sum(coalesce(cardinality(keys), 1))::bigint as keys
      from embedd.outbox
     group by capture_id) n on n.capture_id = v.capture_id
  left join (
    select t.target_id, string_agg(format('%s (%s)', t.task_type, t.status), ', ' order by t.created_at) as running
      from embedd.tasks t where t.status in ('pending', 'running') group by t.target_id) r on r.target_id = v.id
 where v.dropped_at is null
 order by o.name, e.name, v.name, v.id;
comment on column embedd.status.organization is 'The organization of the vector table.';
comment on column embedd.status.environment is 'The environment of the vector table.';
comment on column embedd.status.name is 'The name by which functions of embedd take the vector table.';
comment on column embedd.status.connection is
  'The connection to the source table; local: the table is in this database.';
comment on column embedd.status.source_table is 'The source table.';
comment on column embedd.status.mode is
  'managed: vectors in Qdrant; platform: vectors in a table of the source database.';
comment on column embedd.status.embedder is
  'The embedder of its texts; null: the embedder was deleted, and changes wait for another one.';
comment on column embedd.status.embedding_model is 'The model of its vectors.';
comment on column embedd.status.sync_status is
  'pending (request a backfill), backfilling, synced, paused, error or pending_rebackfill.';
comment on column embedd.status.synced_rows is 'Rows that the store holds, in their current or an earlier version.';
comment on column embedd.status.pending_rows is
  'Changes that wait, without rows that a backfill has still to queue: embedd.activity shows its progress.';
comment on column embedd.status.dead_rows is 'Rows that were set aside; embedd.dead_letters() shows why.';
comment on column embedd.status.skipped_rows is 'Synced rows without text.';
comment on column embedd.status.staleness is
  'Zero while no change waits, else the time since the table was last up to date; null: it never was.';
comment on column embedd.status.last_synced_at is 'When the vector table was last up to date.';
comment on column embedd.status.running is 'Tasks that run or wait for a worker.';
comment on column embedd.status.last_error is 'Why the vector table is not in sync; null: there is no error.';
comment on column embedd.status.last_error_at is 'When that error occurred.';
comment on column embedd.status.id is 'The id by which the REST API takes the vector table.';
