-- Refuse, as a trigger, to change or remove entries of the audit log. This also stops mistakes of the schema's owner or
-- a superuser.
create or replace function embedd_internal.refuse_audit_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = '42501', message = 'Entries of embedd.audit_log are added, never changed or removed.',
    hint = 'Read them with embedd.list_audit().';
end
$$;
do $$
begin
  if not exists (select from pg_catalog.pg_trigger
                  where tgrelid = 'embedd.audit_log'::pg_catalog.regclass and tgname = 'audit_log_append_only') then
    create trigger audit_log_append_only before update or delete or truncate on embedd.audit_log
      for each statement execute function embedd_internal.refuse_audit_change();
    alter table embedd.audit_log enable always trigger audit_log_append_only;
  end if;
end
$$;
