-- Refuse all keys of an organization from the next request on, and suspend its sync until enable_organization().
-- Changes of its sources are kept and processed then. Returns its id.
create or replace function embedd.disable_organization(organization text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_tenant(organization);
begin
  update embedd.organizations set status = 'disabled' where id = v_id and status <> 'deleting';
  if not found then
    raise exception using errcode = 'EBV01',
      message = 'The organization is being deleted; its keys are refused.',
      hint = 'There is nothing to do.';
  end if;
  perform embedd_internal.note_change('disable_organization', v_id);
  return v_id;
end
$$;
comment on function embedd.disable_organization(text) is
  'Refuse all keys of an organization at once and suspend its sync.';
