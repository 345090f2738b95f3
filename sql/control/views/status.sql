-- The vector tables of all organizations, one row each: where they come from, how far they are, what is wrong. Reads tables
-- alone, so SELECT on it is enough. Only the columns that are asked for cost something: synced_rows and skipped_rows count
-- embedd.row_states (a quarter of a second a million rows), pending_rows and dead_rows embedd.jobs and embedd.outbox (what waits), the
-- others together some milliseconds. embedd.sync_status() also counts the rows of the source, which takes rights there. No worker
-- follows the tables of a disabled organization, whatever state they were left in: they are shown as paused, and why:
-- embedd_internal.resting_reason() is the same for functions, of the acting organization.
create or replace view embedd.status as
select o.name as organization, e.name as environment, v.name, c.name as connection, v.source_table, v.mode, m.name as embedder,
       v.embedding_model, s.sync_status,
       (select count(*) from embedd.row_states s where s.generation_id = g.id) as synced_rows,
       (select count(*) from embedd.jobs j where j.generation_id = g.id and j.state = 'queued')
         + case when v.sync_status = 'pending' then 0 else coalesce(n.keys, 0) end as pending_rows,
       (select count(*) from embedd.jobs j where j.generation_id = g.id and j.state = 'dead') as dead_rows,
       (select count(*) from embedd.row_states s where s.generation_id = g.id and s.text_hash = '') as skipped_rows,
       case when s.sync_status = 'synced'
                 and not exists (select from embedd.jobs j where j.generation_id = g.id and j.state = 'queued')
                 and (v.capture_id is not null and not exists (select from embedd.outbox b where b.capture_id = v.capture_id)
                      or v.remote_capture_id is not null and exists (
                           select from embedd.remote_outboxes t join embedd.remote_outboxes b using (line)
                            where t.connection_id = v.connection_id and b.leased_until > statement_timestamp() and b.worker is not null
                              and b.error is null))
            then interval '0' else date_trunc('second', statement_timestamp() - v.last_synced_at) end as staleness,
       v.last_synced_at, r.running,
       case when o.status = 'disabled'
            then concat_ws(' Before: ', 'The organization is disabled, so its sync rests until it is enabled again.',
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
    -- The one that sync_status() counts: while another is built, that one.
    select g.id from embedd.generations g where g.vector_table_id = v.id and g.state in ('active', 'building')
     order by g.state = 'building' desc limit 1) g on true
  left join (
    select capture_id, sum(coalesce(cardinality(keys), 1))::bigint as keys from embedd.outbox group by capture_id) n on n.capture_id = v.capture_id
  left join (
    select t.target_id, string_agg(format('%s (%s)', t.task_type, t.status), ', ' order by t.created_at) as running
      from embedd.tasks t where t.status in ('pending', 'running') group by t.target_id) r on r.target_id = v.id
 where v.dropped_at is null
 order by o.name, e.name, v.name, v.id;
comment on column embedd.status.organization is 'Whose vector table it is.';
comment on column embedd.status.environment is 'The environment it exists in.';
comment on column embedd.status.name is 'As embedd''s functions take it.';
comment on column embedd.status.connection is 'Where its source table is; local: in this database.';
comment on column embedd.status.source_table is 'The table it mirrors.';
comment on column embedd.status.mode is 'managed: vectors in Qdrant; platform: in a table beside the source.';
comment on column embedd.status.embedder is 'What embeds it; null: that was deleted, and changes wait for another.';
comment on column embedd.status.embedding_model is 'The model of its vectors.';
comment on column embedd.status.sync_status is 'pending (ask for a backfill), backfilling, synced, paused, error or pending_rebackfill.';
comment on column embedd.status.synced_rows is 'Rows the store holds as they are or were.';
comment on column embedd.status.pending_rows is 'Changes that wait; what a backfill has still to queue is not among them: embedd.activity shows how far it is.';
comment on column embedd.status.dead_rows is 'Rows set aside: embedd.dead_letters() says why.';
comment on column embedd.status.skipped_rows is 'Of the synced rows, those without text.';
comment on column embedd.status.staleness is 'Nothing while nothing waits, else the time since everything was carried over; null: it never was.';
comment on column embedd.status.last_synced_at is 'When nothing waited for the last time.';
comment on column embedd.status.running is 'Tasks that run or wait for a worker.';
comment on column embedd.status.last_error is 'Why it is not in sync; null: nothing is wrong.';
comment on column embedd.status.last_error_at is 'Since when.';
comment on column embedd.status.id is 'As the REST API takes it.';
