-- Return the id of the generation that answers queries on a vector table, or raise EBR02 if none can. One can from the
-- first backfill on, also while sync is paused or in error.
create or replace function embedd_internal.check_searchable(vector_table text) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_vector_table(vector_table);
  v_table embedd.vector_tables;
begin
  select * into v_table from embedd.vector_tables where id = v_id;
  if v_table.sync_status = 'pending' or v_table.sync_status = 'error' and v_table.last_synced_at is null then
    raise exception using errcode = 'EBR02',
      message = format('The vector table %s is %s, so it cannot be queried yet.', v_table.name, v_table.sync_status),
      hint = case v_table.sync_status
               when 'pending' then format('Request a backfill: POST /v1/vector-tables/%s/backfill.', v_table.id)
               else 'Its sync status shows the error; fix it and request a backfill.' end;
  end if;

  if exists (select from embedd.generations where vector_table_id = v_table.id and state = 'active' and refilling) then
    raise exception using errcode = 'EBR02',
      message = format('The store of the vector table %s was lost; it is being filled again and cannot be queried yet.',
                       v_table.name),
      hint = format('Wait until its sync_status is synced: GET /v1/vector-tables/%s/sync/status.', v_table.id);
  end if;

  if v_table.last_synced_at is null and exists (
       select from embedd.generations g
        where g.vector_table_id = v_table.id and g.state = 'active' and g.store = 'pgvector'
          and (select host is null from embedd.connections where id = v_table.connection_id)
          and not exists (
            select from pg_class c
              join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = g.store_schema and c.relname = g.store_table)) then
    raise exception using errcode = 'EBR02',
      message = format('No worker has created the table of vectors of %s yet.', v_table.name),
      hint = 'Start one: embedd worker.';
  end if;

  return (select id from embedd.generations where vector_table_id = v_table.id and state = 'active');
end
$$;
