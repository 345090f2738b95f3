-- Accept the keys of a disabled organization again; its sync catches up. Returns its id.
create or replace function embedd.enable_organization(organization text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_tenant(organization);
begin
  update embedd.organizations set status = 'active' where id = v_id and status <> 'deleting';
  if not found then
    raise exception using errcode = 'EBV01',
      message = 'The organization is being deleted.',
      hint = 'Make a new one when it is gone.';
  end if;
  perform pg_notify('embedd', '');
  perform embedd_internal.note_change('enable_organization', v_id);
  return v_id;
end
$$;
comment on function embedd.enable_organization(text) is
  'Accept the keys of a disabled organization again; its sync catches up.';
