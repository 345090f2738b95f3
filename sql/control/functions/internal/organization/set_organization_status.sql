-- Make an organization active or disabled, record the change and wake the workers. Raises for an organization that is
-- being deleted.
create or replace function embedd_internal.set_organization_status(p_organization text, p_status text, p_operation text)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_tenant(p_organization);
begin
  update embedd.organizations set status = p_status where id = v_id and status <> 'deleting';
  if not found then
    raise exception using errcode = 'EBV01', message = 'The organization is being deleted.',
      hint = 'Its keys are refused and its sync has ended; create a new one once it is deleted.';
  end if;

  perform pg_notify('embedd', '');
  perform embedd_internal.note_change(p_operation, v_id);
  return v_id;
end
$$;
