-- Change a vector table and return its id; null keeps a value. Other embedded columns, another model or other
-- dimensions need new vectors: they are built next to the present ones, which still answer queries and stay in sync
-- until the switch. Other metadata columns are filled in at the present vectors. A change of "where" (blank removes it)
-- adds and removes rows. Each of these is a task; name and sync_mode change at once.
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
  v_id text := embedd_internal.resolve_vector_table(vector_table);
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
  v_local boolean;
  v_chunking jsonb;
begin
  perform embedd_internal.authorize('update', 'vector_table', v_id);
  select * into v_old from embedd.vector_tables v where v.id = v_id for no key update;
  if update_vector_table.name is not null then
    perform embedd_internal.check_name(update_vector_table.name, 'vector table',
      not allow_duplicate_name and exists (select from embedd.vector_tables v
        where v.environment_id = v_old.environment_id and v.dropped_at is null
          and v.id <> v_id and v.name = update_vector_table.name));
  end if;
  if update_vector_table.sync_mode not in ('batch', 'cdc') then
    raise exception using errcode = 'EBV01',
      message = 'sync_mode must be batch or cdc.',
      hint = 'batch is the default.';
  end if;

  v_embedder := embedd_internal.use_embedder(
    case when embedder is null then v_old.embedder_id else embedd_internal.resolve_embedder(embedder) end);
  v_columns := coalesce(update_vector_table.columns, v_old.columns);
  v_model := coalesce(update_vector_table.embedding_model, v_old.embedding_model);
  v_dimensions := v_old.embedding_dimensions;
  if coalesce(update_vector_table.embedding_model, update_vector_table.embedding_dimensions::text, embedder)
     is not null then
    v_dimensions := embedd_internal.check_embedder_use(v_embedder, v_model, coalesce(
      update_vector_table.embedding_dimensions, embedd_internal.kept_dimensions(
        v_embedder.provider, v_model, v_embedder.base_url, v_old.embedding_dimensions)));
  end if;
  v_chunking := case when update_vector_table.chunking is null then v_old.chunking
                     else embedd_internal.check_chunking(update_vector_table.chunking) end;

  v_vectors := embedd_internal.text_signature(v_columns) <> embedd_internal.text_signature(v_old.columns)
    or (v_model, v_dimensions, v_chunking) <> (v_old.embedding_model, v_old.embedding_dimensions, v_old.chunking)
    or v_embedder.provider <> (
      select g.provider from embedd.generations g where g.vector_table_id = v_id order by g.id desc limit 1);
  v_metadata := v_columns::jsonb <> v_old.columns::jsonb;

  if v_vectors and v_embedder.id is null then
    raise exception using errcode = 'EBN03',
      message = 'The embedder of this vector table was deleted.',
      hint = 'Name another one.';
  end if;
  if v_vectors or v_metadata or "where" is not null then
    if exists (select from embedd.tasks t
                where t.target_id = v_id and t.task_type in ('backfill', 'rebackfill')
                  and t.status in ('pending', 'running')) then
      raise exception using errcode = 'EBC01', message = 'A backfill of this vector table is already running.',
        hint = 'Wait for it to end; its progress shows in the sync status.';
    end if;
    if v_old.sync_status = 'paused' then
      raise exception using errcode = 'EBC02',
        message = 'Sync of this vector table is paused.',
        hint = 'Resume it first.';
    end if;

    v_local := (select c.host is null from embedd.connections c where c.id = v_old.connection_id);
    v_facts := source_facts;
    if v_facts is null and v_local then
      v_facts := embedd_internal.describe_source(pg_catalog.format('%I.%I', v_old.source_schema, v_old.source_name));
    end if;
    perform embedd_internal.check_source(v_old.source_table, v_facts),
            embedd_internal.check_key(v_facts, v_old.key_columns);
    perform embedd_internal.check_columns(v_columns, v_facts);

    select v_old.condition, v_old.condition_columns as columns into v_condition;
    if "where" is not null then
      v_condition := embedd_internal.source_condition("where", v_facts, v_local);
      v_rows := v_condition.condition is distinct from v_old.condition;
    end if;
    if v_old.capture_id is not null then
      perform embedd_internal.watch_source(
        v_old.source_schema, v_old.source_name, v_old.key_columns, v_columns, v_condition.columns);
    end if;
    update embedd.vector_tables v
       set condition = v_condition.condition, condition_columns = v_condition.columns
     where v.id = v_id;
  end if;

  update embedd.vector_tables v
     set name = coalesce(update_vector_table.name, v.name),
         sync_mode = coalesce(update_vector_table.sync_mode, v.sync_mode),
         embedder_id = v_embedder.id, columns = v_columns, chunking = v_chunking,
         embedding_model = v_model, embedding_dimensions = v_dimensions, changed_at = now(),
         -- Remote triggers get new columns a moment later; a comparison finds changes made before that.
         next_poll_at = case when v.remote_capture_id is not null and (v_vectors or v_metadata or v_rows) then now()
                             else v.next_poll_at end
   where v.id = v_id;

  if v_vectors then
    perform embedd_internal.replace_generation(v_id);
    perform embedd_internal.note_model(v_id, v_embedder.provider, v_model, v_embedder.base_url);
  elsif v_metadata then
    update embedd.generations g set columns = v_columns where g.vector_table_id = v_id and g.state = 'active';
  end if;
  if not v_vectors then
    update embedd.generations g
       set embedder_id = v_embedder.id
     where g.vector_table_id = v_id and g.state in ('active', 'building');
  end if;

  if (v_vectors or v_metadata or v_rows) and v_old.sync_status <> 'pending' then
    perform embedd_internal.request_rebackfill(v_id);
  end if;
  perform embedd_internal.note_change('update_vector_table', v_id);
  return v_id;
end
$$;
comment on function embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean, text, jsonb) is
  'Change a vector table; null keeps. New vectors are built next to the old ones, which answer until the switch.';
