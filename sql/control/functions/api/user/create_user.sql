-- Create a user in the acting organization; return its id. Keys made for the user act with its role.
create or replace function embedd.create_user(name text, role text default 'member') returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization text := embedd_internal.resolve_organization(embedd_internal.acting_organization());
  v_id uuid := embedd_internal.add_user(v_organization, create_user.name, create_user.role);
begin
  perform embedd_internal.note_change('create_user', v_id::text);
  return v_id;
end
$$;
comment on function embedd.create_user(text, text) is
  'Create a user (owner, admin or member) of the organization; returns its id.';
