-- Return the vector tables of the environment, oldest first, beginning after the given one.
create or replace function embedd.list_vector_tables(
  "limit" int default null, after_created_at timestamptz default '-infinity', after_id text default '')
returns table (id text, org_id text, environment_id text, name text, connection_id text, embedding_provider_id text,
               source_table text, primary_key_column text, mode text, sync_mode text, sync_status text,
               embedding_model text, embedding_dimensions int, columns json, created_at timestamptz,
               "where" text, language text, chunking jsonb, store_settings jsonb)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select v.id, v.organization_id, v.environment_id, v.name, v.connection_id, e.public_id, v.source_table,
         v.primary_key_column, v.mode, v.sync_mode,
         case when r.reason is not null then 'paused'
              when v.sync_status = 'synced' and exists (select from embedd.standstill) then 'error'
              else v.sync_status end,
         v.embedding_model, v.embedding_dimensions, v.columns,
         v.created_at, v.condition, v.language, v.chunking, v.store_settings
    from embedd.vector_tables v
    left join embedd.embedders e on e.id = v.embedder_id
    cross join (select embedd_internal.resting_reason() as reason) r
   where v.environment_id = embedd_internal.acting_environment() and v.dropped_at is null
     and (v.created_at, v.id) > (after_created_at, after_id)
   order by v.created_at, v.id
   limit "limit"
$$;
comment on function embedd.list_vector_tables(int, timestamptz, text) is
  'Return the vector tables of the environment, oldest first.';
