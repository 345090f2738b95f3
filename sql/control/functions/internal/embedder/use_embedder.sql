-- An embedder of the acting organization for whoever starts to use it: locked against being deleted, without its credentials.
create or replace function embedd_internal.use_embedder(p_embedder uuid) returns embedd.embedders
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  select * into v_embedder from embedd.embedders where id = p_embedder and organization_id = embedd_internal.acting_organization() for key share;
  return jsonb_populate_record(v_embedder, '{"credentials": null, "fingerprint": null, "duplicate_key": null}');
end
$$;
