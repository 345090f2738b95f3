-- The organization's latest entries of the audit log, newest first.
create or replace function embedd.list_audit("limit" int default 100)
returns table (at timestamptz, user_id uuid, key_id text, operation text, target text, result text, address text, request_id text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select at, user_id, key_id, operation, target, result, address, request_id from embedd.audit_log
   where organization_id = embedd.acting_organization() order by id desc limit "limit"
$$;
comment on function embedd.list_audit(int) is 'Who changed what through the REST API, newest first.';
