-- Add an entry to the audit log. There is no other way, because only the owner has rights on the table. The caller
-- gives the operation and its result, but not the time and the role that logged in. A request has an id, a command sets
-- embedd.door to cli for its session, and everything else is SQL.
create or replace function embedd_internal.record_audit(
  p_key_id text, p_operation text, p_target text, p_result text, p_address text, p_request_id text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  insert into embedd.audit_log (
    organization_id, user_id, key_id, operation, target, result, address, request_id, door, role)
  values (
    embedd_internal.acting_organization(), embedd_internal.acting_user(), p_key_id, p_operation, p_target, p_result,
    p_address, p_request_id,
    case when p_request_id is not null then 'rest'
         when current_setting('embedd.door', true) = 'cli' then 'cli'
         else 'sql' end,
    session_user)
$$;
