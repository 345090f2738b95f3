-- Return one environment of the organization, by name or id.
create or replace function embedd.get_environment(environment text)
returns table (id text, org_id text, name text, created_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_environment(environment);
begin
  return query select e.* from embedd.list_environments() e where e.id = v_id;
end
$$;
comment on function embedd.get_environment(text) is 'Return one environment of the organization, by name or id.';
