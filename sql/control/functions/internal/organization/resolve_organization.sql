-- Return the id of an organization, given by name or id. The operator manages organizations, so callers in SQL see all
-- of them.
create or replace function embedd_internal.resolve_organization(p_organization text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  select id
    into v_id
    from embedd.organizations
   where p_organization in (id, name)
   order by id = p_organization desc limit 1;
  if not found then
    raise exception using errcode = 'EBN07',
      message = format('There is no organization %s.', coalesce(quote_literal(p_organization), 'null')),
      hint = 'List the organizations to see which exist; name one by its name or id.';
  end if;
  return v_id;
end
$$;
