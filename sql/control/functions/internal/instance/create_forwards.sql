-- Create functions in schema embedd that forward to internal functions, for programs that started before an upgrade:
-- they call internal functions in schema embedd, where these were before they had their own schema. A fresh
-- installation has no such programs and gets no forwards. A migration is to drop the forwards once oldest_program() is
-- past control 27.
create or replace function embedd_internal.create_forwards() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_names text[] := regexp_split_to_array(btrim($names$
      acknowledge_jobs acting_environment acting_organization active_generation add_range audit_capture
      authenticate authorize begin_verification capture_state captures_to_audit check_chunking check_condition
      check_instance check_store_settings checkpoint_task checkpoint_verification claim_count claim_jobs
      claim_poll claim_range claim_remote_outbox claim_task claim_unread_store compare_hashes complete_task
      condition_vocabulary connection_secret count_failed_login count_known count_queued count_unread_stores
      create_capture_role create_definer_role create_embedder_record describe_source digest_keys dissolve_range
      embedder_address enqueue_keys extend_leases extend_range extend_remote_outbox find_cached_vectors
      finish_capture_drop finish_count finish_drop finish_poll finish_range finish_store_reading
      generate_capture get_price hold_range ingest_remote installation instance_state is_capture_whole
      keep_cached_vectors keys_in_buckets known_keys learn_marks list_aliases list_credentials list_dropped
      list_dropped_captures list_envelopes list_generations list_sealed load_embedder load_generation
      look_at_keys may_see_row met_keys note_owner oldest_envelope planned_address poll_work prunable_token
      prune_cached_vectors read_condition read_identity record_audit record_connection_test record_embedding
      record_remote_capture record_rerank record_sync record_usage refill_generation release_jobs release_range
      release_remote_outbox release_task remaining_tokens remaining_vectors remove_capture replace_sealed
      request_sweep resolve_embedder resolve_organization resolve_user retire_envelopes searchable_generation
      settle_errors store_condition take_rate take_request text_signature unread_conditions
      update_embedder_record$names$, E' \n'), '\s+');
  v_function record;
  v_name text;
begin
  if not exists (
    select
      from embedd.migrations earlier
      join embedd.migrations move on move.line = 'control' and move.number = 27
     where earlier.line = 'control' and earlier.applied_at < move.applied_at
  ) then
    return;
  end if;

  for v_function in
    select p.proname, p.pronargs,
           pg_get_function_arguments(p.oid) as parameters,
           pg_get_function_identity_arguments(p.oid) as types,
           pg_get_function_result(p.oid) as result,
           case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility
      from pg_proc p
     where p.pronamespace = 'embedd_internal'::regnamespace
       and p.proname = any (v_names)
       and not exists (
         select from pg_proc f where f.pronamespace = 'embedd'::regnamespace and f.proname = p.proname)
  loop
    v_name := format('embedd.%I(%s)', v_function.proname, v_function.types);
    execute format(
      'create function embedd.%I(%s) returns %s language sql %s as %L',
      v_function.proname, v_function.parameters, v_function.result, v_function.volatility,
      format('select * from embedd_internal.%I(%s)', v_function.proname,
             (select string_agg('$' || n, ', ' order by n) from generate_series(1, v_function.pronargs) n)));
    execute format('comment on function %s is %L', v_name,
                   'For programs of earlier versions. It calls the function of this name in embedd_internal.');
    execute format('revoke all on function %s from public', v_name);
  end loop;
end
$$;
