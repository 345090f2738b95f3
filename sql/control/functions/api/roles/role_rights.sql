-- Return all rights of each role in both schemas: grant_rights() gives them, and docs/how-to/dba.md lists them.
-- embedd_worker has the functions that its program calls and the objects that those functions touch. embedd_reader has
-- the same for status and search, without credentials. The queue and the recorded state of each row (outbox, jobs,
-- ranges, row_states) and search requests are for the worker alone, and the audit log is for no role; functions reach
-- them. embedd_definer, which exists where a superuser installed, has what the functions need that run with their
-- owner's rights.
create or replace function embedd.role_rights() returns table (role text, object_type text, object text, privilege text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with definer (role) as (
    select 'embedd_definer'
      from pg_namespace n join pg_roles o on o.oid = n.nspowner
     where n.nspname = 'embedd' and o.rolsuper
  ), functions as (
    select pronamespace, proname
      from pg_proc
     where pronamespace in ('embedd'::regnamespace, 'embedd_internal'::regnamespace) and prokind = 'f'
  ), relations as (
    select oid, relname, relkind from pg_class where relnamespace = 'embedd'::regnamespace
  ), listed (role, object_type, objects, privileges) as (values
    ('embedd_worker', 'function', $list$
      abandon_generation acknowledge_jobs acting_environment acting_organization add_notice add_range
      allowed_operators answer_search audit_capture begin_verification brief_generation
      capture_columns capture_of capture_relations capture_state captures_to_audit check_filter
      check_filter_field check_filter_group check_filter_operand check_filter_value check_instance
      check_searchable check_select checkpoint_task checkpoint_verification claim_count claim_jobs
      claim_poll claim_range claim_remote_outbox claim_searches claim_suspect claim_task
      claim_unread_store compare_capture_states compare_hashes compile_filter complete_task
      connection_secret count_dead count_disabled count_jobs count_known count_queued
      count_unread_stores create_capture_triggers describe_source digest_keys dissolve_range
      drop_capture_function due_counts due_searches end_leases enqueue_keys extend_leases extend_range
      extend_remote_outbox filter_all filter_operators filter_range filter_time filter_types
      filter_values find_cached_vectors find_work finish_capture_drop finish_count finish_drop
      finish_poll finish_range finish_store_reading flat_generation follow_clock follow_source
      forget_organizations forget_searches free_outboxes generate_capture generation_facts
      get_generation health hold_range ingest ingest_remote install_capture installation
      instance_message instance_state instance_status is_capture_whole is_interrupted is_large
      is_metered keep_baseline keep_cached_vectors keys_in_buckets known_keys last_backfill
      learn_marks limit_lock_wait list_aliases list_credentials list_dropped list_dropped_captures
      list_generations list_metrics load_embedder load_generation lock_jobs lock_states look_at_keys mark_dirty
      max_key_bytes may_range met_keys needed_columns needs_row_triggers note_capture note_owner
      note_stalls oldest_envelope oldest_event oldest_jobs oldest_program partial_answer peers
      pick_one plan_search poll_work prepare_search prunable_token prune_cached_vectors raise_fence
      read_identity record_look record_remote_capture record_schedule record_sync record_usage
      refill_generation refuse_operator release_jobs release_range release_remote_outbox
      release_searches release_task remaining_tokens remaining_vectors remove_capture repair_capture
      request_reconcile request_sweep require_instance resolve_environment resolve_vector_table
      restart_ledger rows_done settle_errors start_verification store_condition suspect_keys take_rate
      task_lane text_signature tier_limits unread_conditions watch_source$list$, 'execute'),
    ('embedd_worker', 'table', 'connections daily_usage embedders environments migrations organizations', 'select'),
    ('embedd_worker', 'table', 'fence_marks notices', 'select, insert, delete'),
    ('embedd_worker', 'table', 'capture_audits instance remote_outboxes tasks verifications', 'select, insert, update'),
    ('embedd_worker', 'table', 'cached_vectors jobs looks ranges row_states', 'select, insert, update, delete'),
    ('embedd_worker', 'view', 'standstill', 'select'),
    ('embedd_worker', 'table', 'captures', 'select, insert, delete, update (row_level, tracked_columns)'),
    ('embedd_worker', 'table', 'doorbell', 'select, update'),
    ('embedd_worker', 'table', 'outbox search_requests unread_stores', 'select, update, delete'),
    -- The worker may not change which source a vector table reads, nor with which embedder.
    ('embedd_worker', 'table', 'generations', 'select, delete, update (refilling, retired_at, state, suspect_before)'),
    ('embedd_worker', 'table', 'vector_tables',
     'select, delete, update (capture_id, changed_at, error_of_work, last_error, last_error_at, last_synced_at, '
     'next_count_at, next_poll_at, remote_capture_id, rows_beyond_tier, source_rows, sync_status, uncounted_since)'),
    ('embedd_worker', 'sequence', 'fence', 'select, update, usage'),
    ('embedd_reader', 'function', $list$
      acting_environment acting_organization allowed_operators await_search call_service capture_of
      check_filter check_filter_field check_filter_group check_filter_operand check_filter_value
      check_searchable check_select compile_filter count_dead count_disabled count_jobs count_outbox
      count_states count_waiting drift embed filter_all filter_operators filter_range filter_time
      filter_types filter_values generation_facts get_price get_task get_vector_table has_words health
      indexed_words instance_message instance_state instance_status is_fetched is_interrupted
      lexical_rows list_usage list_vector_tables may_see_row nearest_rows notices oldest_event
      oldest_jobs oldest_program partial_answer pick_one plan_search prepare_line prepared_search
      ranked_texts ranked_words read_identity refuse_operator refuse_transaction_block request_search
      resolve_embedder resolve_environment resolve_vector_table resting_reason rows_done search
      search_need sync_status task_lane tasks text_signature vector_table_schema verification version$list$, 'execute'),
    ('embedd_reader', 'table',
     'daily_usage doorbell environments generations instance looks migrations models notices prices remote_outboxes '
     'tasks vector_tables verifications', 'select'),
    ('embedd_reader', 'table', 'connections', 'select (id, host, capture)'),
    ('embedd_reader', 'table', 'organizations', 'select (id, status)'),
    ('embedd_reader', 'table', 'embedders', 'select (id, shown_id, public_id, name, environment_id)'),
    ('embedd_reader', 'sequence', 'fence', 'select'),
    ('embedd_reader', 'procedure', 'prepare_search', 'execute'),
    ('embedd_admin', 'procedure', 'prepare_search', 'execute'),
    -- The admin has every other right from the statements below.
    ('embedd_admin', 'table', 'migrations sealing', 'select')
  )
  -- A listed name means the functions of that name in both schemas: earlier programs call them in `embedd`.
  select l.role, l.object_type, format('%s.%s', f.pronamespace::regnamespace, f.proname), l.privileges
    from listed l
    cross join regexp_split_to_table(btrim(l.objects, E' \n'), '\s+') o
    join functions f on f.proname = o
   where l.object_type = 'function'
  union all
  select l.role, l.object_type, 'embedd.' || o, p
    from listed l
    cross join regexp_split_to_table(btrim(l.objects, E' \n'), '\s+') o
    cross join regexp_split_to_table(l.privileges, ',\s*(?![^(]*\))') p
   where l.object_type <> 'function'
  union all
  select 'embedd_admin', 'table', 'embedd.' || c.relname, p
    from relations c
    cross join unnest(array['select', 'insert', 'update', 'delete']) p
   where c.relkind = 'r'
     and c.relname not in ('audit_log', 'failed_logins', 'migrations', 'sealing', 'outbox', 'jobs', 'ranges',
                           'row_states', 'search_requests')
     and not (p <> 'delete' and c.relname in ('connections', 'embedders', 'api_keys'))
  union all
  -- Only functions read and write sealed credentials and digests, so only functions insert rows with them.
  select 'embedd_admin', 'table', 'embedd.' || c.relname,
         format('%s (%s)', p, string_agg(a.attname, ', ' order by a.attnum))
    from relations c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join unnest(array['select', 'update']) p
   where c.relname in ('connections', 'embedders', 'api_keys')
     and a.attname not in ('password', 'credentials', 'fingerprint', 'duplicate_key', 'digest')
   group by c.relname, p
  union all
  select d.role, 'table', 'embedd.' || c.relname, p
    from definer d
    cross join relations c
    cross join unnest(array['select', 'insert', 'update', 'delete']) p
   where c.relkind = 'r'
  union all
  select r, 'sequence', 'embedd.' || c.relname, p
    from relations c
    cross join unnest(array['select', 'usage', 'update']) p
    cross join unnest(array['embedd_admin', (table definer)]) r
   where c.relkind = 'S'
  union all
  select r, 'view', 'embedd.' || c.relname, 'select'
    from relations c
    cross join unnest(array['embedd_admin', 'embedd_reader', (table definer)]) r
   where c.relkind = 'v'
  union all
  select r, 'function', format('%s.%s', f.pronamespace::regnamespace, f.proname), 'execute'
    from functions f
    cross join unnest(array['embedd_admin', 'embedd_worker', (table definer)]) r
   where case r
           when 'embedd_admin' then true
           when 'embedd_worker' then f.proname ~ '^capture_\d+$'
           else f.proname !~ '^capture_\d+$'
         end
     and f.proname not in ('grant_rights', 'protect_rows', 'create_roles', 'create_own_role', 'create_capture_role',
                           'create_definer_role', 'create_forwards', 'uninstall', 'uninstall_parts')
  union all
  -- The optional helper through which SQL calls the service.
  select 'embedd_reader', 'function', 'embedd.ask_service', 'execute'
   where to_regprocedure('embedd.ask_service(text,text,text,jsonb)') is not null
$$;
