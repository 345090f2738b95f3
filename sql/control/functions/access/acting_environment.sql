-- The environment of this transaction: an id from the setting embedd.environment, else the organization's prod.
create or replace function embedd.acting_environment() returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_wanted text := nullif(current_setting('embedd.environment', true), '');
  v_id text;
begin
  select id into v_id from embedd.environments
   where organization_id = embedd.acting_organization()
     and (id = v_wanted or name = coalesce(v_wanted, 'prod'))
   order by id = v_wanted desc limit 1;
  if not found then
    raise exception using errcode = 'EBN01', message = format('There is no environment %s.', coalesce(v_wanted, 'prod')),
      hint = 'Check the X-Environment-Id header or the setting embedd.environment.';
  end if;
  return v_id;
end
$$;
