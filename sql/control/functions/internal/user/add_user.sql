-- Check and add a user; return its id.
create or replace function embedd_internal.add_user(p_organization text, p_name text, p_role text) returns uuid
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  perform embedd_internal.check_text(p_name, 'The name of a user', 200, 'Give the user a name.');
  if p_role is null or p_role not in ('owner', 'admin', 'member') then
    raise exception using errcode = 'EBV01',
      message = 'role must be owner, admin or member.',
      hint = 'Choose one of them.';
  end if;
  insert into embedd.users (organization_id, name, role) values (p_organization, p_name, p_role)
  on conflict (organization_id, name) do nothing returning id into v_id;
  if v_id is null then
    raise exception using errcode = 'EBC05', message = format('A user named %s already exists.', quote_literal(p_name)),
      hint = 'Choose another name.';
  end if;
  return v_id;
end
$$;
