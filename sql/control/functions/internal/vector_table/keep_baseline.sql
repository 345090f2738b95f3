-- Store the state of a capture in the transaction that installs its triggers, so that the first capture check finds
-- what happened to the table since. If a state is stored already, add only new columns to it: by the rest, the next
-- capture check finds earlier changes. Do not store an incomplete state.
create or replace function embedd_internal.keep_baseline(p_capture_id int) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.capture_audits as audit (capture_id, state, audited_at)
  select p_capture_id, state, '-infinity'
    from embedd_internal.capture_state(p_capture_id) state
   where embedd_internal.is_capture_whole(p_capture_id, state)
  on conflict (capture_id) do update
     set state = audit.state || coalesce((
           select jsonb_object_agg(key, value) from jsonb_each(excluded.state)
            where key like 'column %' and not audit.state ? key), '{}')
$$;
