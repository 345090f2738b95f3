-- Record in the audit log, in the same transaction, a change that a management function made for a command or in SQL.
-- The API itself records requests with an API key, including those it refused.
create or replace function embedd_internal.note_change(p_operation text, p_target text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  select embedd_internal.record_audit(null, p_operation, p_target, 'ok', null, null)
   where coalesce(current_setting('embedd.key', true), '') = ''
$$;
