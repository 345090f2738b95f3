-- Functions that only our programs and our other functions call move to a schema of their own; see capture 0006.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select oid
      from pg_proc
     where pronamespace = 'embedd'::regnamespace
       and proname = any (regexp_split_to_array(btrim($names$
      abandon_generation acknowledge_jobs acting_environment acting_key acting_organization acting_role
      acting_user active_generation add_notice add_range add_user apply_embedder_fields audit_capture
      authenticate authorize begin_verification call_service canonical_url captures_to_audit check_address
      check_chunking check_columns check_embedder_access check_embedder_fields check_embedder_use check_instance
      check_key check_labels check_model check_name check_owner_left check_platform check_quota check_searchable
      check_source check_store_settings check_text check_tier checkpoint_task checkpoint_verification
      claim_count claim_jobs claim_poll claim_range claim_remote_outbox claim_suspect claim_task
      claim_unread_store compare_hashes complete_task connection_secret count_dead count_failed_login count_jobs
      count_known count_outbox count_queued count_states count_unread_stores count_waiting create_definer_role
      create_embedder_record create_generation describe_generation digest_keys dissolve_range due_counts
      embedder_address embedder_duplicate_key embedder_in_use embedder_records empty_stores end_vector_table
      enqueue_keys extend_leases extend_range extend_remote_outbox field_condition filter_condition
      find_cached_vectors find_work finish_capture_drop finish_count finish_drop finish_poll finish_range
      finish_store_reading follow_source forget_events forget_organizations free_outboxes get_price
      has_permission highest_token hold_range ingest ingest_remote installation instance_message instance_state
      is_fetched is_large is_metered keep_cached_vectors keep_condition keys_in_buckets known_keys known_models
      learn_marks lexical_rows list_aliases list_credentials list_dropped list_dropped_captures list_envelopes
      list_generations list_sealed load_embedder load_generation lock_embedder look_at_keys make_way may_range
      may_see_row met_keys named_key nearest_rows needed_columns new_embedder_record note_capture note_change
      note_owner oldest_envelope oldest_event oldest_jobs pick_one planned_address poll_work protect_rows
      prunable_token prune_cached_vectors raise_fence read_identity record_audit record_connection_test
      record_embedding record_remote_capture record_rerank record_sync record_usage refill_generation
      refuse_audit_change release_jobs release_range release_remote_outbox release_task remaining_tokens
      remaining_vectors replace_generation replace_sealed request_rebackfill request_reconcile request_sweep
      require_instance require_permission resolve_connection resolve_embedder resolve_environment
      resolve_organization resolve_tenant resolve_user resolve_vector_table restart_ledger retire_envelopes
      sample_share save_embedder searchable_generation settle_errors source_condition start_verification
      store_condition suspect_keys take_rate take_request task_lane text_signature unread_conditions
      update_embedder_record use_embedder watch_source$names$, E' \n'), '\s+'))
  loop
    execute format('alter function %s set schema embedd_internal', v_function);
  end loop;
end
$$;
