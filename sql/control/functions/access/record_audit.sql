-- Adds an entry about the acting user's request to the audit log.
create or replace function embedd.record_audit(
  p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.audit_log (organization_id, user_id, key_id, operation, target, result, address, request_id)
  values (embedd.acting_organization(), embedd.acting_user(), p_key_id, p_operation, p_target, p_result, p_address, p_request_id)
$$;
