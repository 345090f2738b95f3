-- Return the id of a user of the acting organization, given by name or id.
create or replace function embedd_internal.resolve_user(p_user text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  select id into v_id from embedd.users
   where organization_id = embedd_internal.acting_organization() and p_user in (id::text, name)
   order by id::text = p_user desc limit 1;
  if not found then
    raise exception using errcode = 'EBN08',
      message = format('There is no user %s in this organization.', coalesce(quote_literal(p_user), 'null')),
      hint = 'List the users to see which exist; name one by its name or id.';
  end if;
  return v_id;
end
$$;
