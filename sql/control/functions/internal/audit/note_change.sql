-- Notes in the audit log, in the same transaction, what a management function has done for a command or in SQL. What is asked for
-- over REST, with an API key, the API notes itself, also what it refused.
create or replace function embedd_internal.note_change(p_operation text, p_target text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.record_audit(null, p_operation, p_target, 'ok', null, null)
   where coalesce(current_setting('embedd.key', true), '') = ''
$$;
