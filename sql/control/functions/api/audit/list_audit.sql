-- Return the organization's entries of the audit log, newest first, before the given position. Only owners may read
-- them. Requests without a valid key belong to no organization: the operator's organization gets one entry for each
-- address and minute.
create or replace function embedd.list_audit(
  "limit" int default 100, before_created_at timestamptz default 'infinity', before_id text default null)
returns table (id text, created_at timestamptz, user_id uuid, key_id text, operation text, target text, result text,
               address text, request_id text, door text, role text, attempts int)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_before bigint := coalesce(substring(before_id from '^audit_([0-9]{1,18})$')::bigint, 9223372036854775807);
begin
  if embedd_internal.acting_role() is distinct from 'owner' then
    raise exception using errcode = 'EBP04', message = 'Only owners of the organization may read its audit log.',
      hint = 'Ask an owner of the organization.';
  end if;
  return query
  select 'audit_' || e.id, e.created_at, e.user_id, e.key_id, e.operation, e.target, e.result, e.address,
         e.request_id, e.door, e.role, e.attempts
    from ((select a.id, a.at as created_at, a.user_id, a.key_id, a.operation, a.target, a.result, a.address,
                  a.request_id, a.door, a.role::text as role, 1 as attempts
             from embedd.audit_log a
            where a.organization_id = embedd_internal.acting_organization()
              and (a.at, a.id) < (before_created_at, v_before)
            order by a.at desc, a.id desc limit "limit")
          union all
          (select f.id, f.minute, null, null, 'failed_login', null, 'unauthorized', f.address,
                  null, 'rest', null, f.attempts
             from embedd.failed_logins f
            where embedd_internal.acting_organization() = 'org_self_hosted'
              and (f.minute, f.id) < (before_created_at, v_before)
            order by f.minute desc, f.id desc limit "limit")) e
   order by e.created_at desc, e.id desc limit "limit";
end
$$;
comment on function embedd.list_audit(int, timestamptz, text) is
  'Return who changed what, over REST, by a command or in SQL, newest first; for owners.';
