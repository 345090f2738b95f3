-- Return the address that will get the credentials after these fields are applied to an embedder, or to a new embedder
-- of the given type if p_embedder is null. The service encrypts the credentials for this address: see
-- embedder_address(). Checks the fields as create and update do, and changes nothing.
create or replace function embedd_internal.planned_address(
  p_fields jsonb, p_embedder uuid default null, p_provider_type text default null)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old embedd.embedders;
  v_new embedd.embedders;
begin
  perform embedd_internal.check_embedder_fields(p_fields);
  if p_embedder is null then
    v_new := embedd_internal.new_embedder_record(p_provider_type, p_fields);
  else
    select * into v_old from embedd.embedders e where e.id = embedd_internal.resolve_embedder(p_embedder::text);
    v_new := embedd_internal.change_embedder_record(v_old, p_fields);
  end if;
  return embedd_internal.embedder_address(v_new.provider, v_new.base_url, v_new.api_path);
end
$$;
