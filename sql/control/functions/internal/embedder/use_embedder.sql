-- Return an embedder of the acting organization without its credentials, and lock it against deletion, so that a vector
-- table can refer to it.
create or replace function embedd_internal.use_embedder(p_embedder uuid) returns embedd.embedders
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder embedd.embedders;
begin
  select * into v_embedder
    from embedd.embedders
   where id = p_embedder and organization_id = embedd_internal.acting_organization()
     for key share;
  return jsonb_populate_record(v_embedder, '{"credentials": null, "fingerprint": null, "duplicate_key": null}');
end
$$;
