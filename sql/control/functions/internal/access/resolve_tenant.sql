-- Return the id of an organization that may be disabled or deleted. Raises for the self-hosted organization, with which
-- every deployment begins.
create or replace function embedd_internal.resolve_tenant(p_organization text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_id text := embedd_internal.resolve_organization(p_organization);
begin
  if v_id = 'org_self_hosted' then
    raise exception using errcode = 'EBV01',
      message = 'The organization org_self_hosted is this deployment itself and must stay.',
      hint = 'embedd uninstall removes embedd from the database.';
  end if;
  return v_id;
end
$$;
