-- Return what an operator's metrics say of the database: a row for each value, with its name and labels. The vector
-- tables of all organizations are counted by state; at most p_tables have values of their own, those with errors first.
create or replace function embedd_internal.list_metrics(p_tables int)
returns table (name text, labels jsonb, value double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  with states as (
    select s.id, s.sync_status from embedd.status s
  ), chosen as (
    select id from states
     order by array_position(array['error', 'backfilling', 'pending_rebackfill', 'synced', 'paused', 'pending'],
                             sync_status), id
     limit p_tables
  ), shown as (
    select jsonb_build_object('organization', s.organization, 'environment', s.environment, 'vector_table', s.name,
                              'id', s.id) as labels,
           s.pending_rows, s.dead_rows, extract(epoch from s.staleness) as staleness, s.sync_status,
           (select c.missing + c.stale + c.orphaned + c.unreadable
              from embedd.verifications c
              join embedd.tasks t on t.id = c.task_id and t.status = 'completed'
             where c.vector_table_id = s.id
             order by t.finished_at desc limit 1) as drift
      from embedd.status s
     where s.id in (select id from chosen)
  ), used as (
    select provider, model, kind, sum(tokens) as tokens, sum(cost_usd) as cost
      from embedd.usage
     where day >= date_trunc('month', statement_timestamp() at time zone 'UTC')
     group by provider, model, kind
     order by tokens desc limit 50
  )
  select 'vector_tables', jsonb_build_object('state', n.state), count(s.id)
    from unnest(array['pending', 'backfilling', 'synced', 'paused', 'error', 'pending_rebackfill']) n (state)
    left join states s on s.sync_status = n.state
   group by n.state
  union all
  select v.name, s.labels, v.value
    from shown s
    cross join lateral (values
      ('pending_rows', s.pending_rows), ('dead_rows', s.dead_rows), ('staleness_seconds', s.staleness),
      ('drift_rows', s.drift), ('in_error', (s.sync_status = 'error')::int)) v (name, value)
   where v.value is not null
  union all
  select v.name, jsonb_build_object('provider', u.provider, 'model', u.model, 'kind', u.kind), v.value
    from used u
    cross join lateral (values ('month_tokens', u.tokens), ('month_cost_usd', u.cost)) v (name, value)
   where v.value is not null
  union all
  select v.name, jsonb_build_object('subject', h.subject), v.value
    from embedd.health() h
    cross join lateral (values ('health', h.value), ('alert', (h.alert is not null)::int)) v (name, value)
$$;
