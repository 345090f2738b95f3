-- Raise unless the organization has another owner who is not disabled. The organization's row stays locked until the
-- transaction ends, so that two owners cannot remove each other at once.
create or replace function embedd_internal.check_owner_left(p_user uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_user embedd.users;
begin
  perform from embedd.organizations where id = embedd_internal.acting_organization() for no key update;
  select * into v_user from embedd.users where id = p_user;
  if not exists (
    select from embedd.users
     where organization_id = v_user.organization_id and role = 'owner' and disabled_at is null
                    and id <> p_user) then
    raise exception using errcode = 'EBV01',
      message = format('%s is the only owner of the organization.', quote_literal(v_user.name)),
      hint = 'Make another owner first, or disable or delete the organization.';
  end if;
end
$$;
