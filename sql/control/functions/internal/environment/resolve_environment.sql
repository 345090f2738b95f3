-- Return the id of an environment of the acting organization, given by name or id.
create or replace function embedd_internal.resolve_environment(p_environment text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text;
begin
  select id into v_id from embedd.environments
   where organization_id = embedd_internal.acting_organization() and p_environment in (id, name)
   order by id = p_environment desc limit 1;
  if not found then
    raise exception using errcode = 'EBN01',
      message = format('There is no environment %s.', coalesce(p_environment, 'null')),
      hint = 'Check the X-Environment-Id header or the setting embedd.environment.';
  end if;
  return v_id;
end
$$;
