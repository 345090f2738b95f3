-- Id of the embedder a user means: by name, by emb_ id or by UUID.
create or replace function embedd.resolve_embedder(p_reference text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_public_id text := embedd.pick_one(
    array(select public_id from embedd.embedders
           where environment_id = embedd.acting_environment() and p_reference in (public_id, name, id::text)
           order by public_id),
    p_reference, 'embedder', 'EBN03');
begin
  return (select id from embedd.embedders where public_id = v_public_id);
end
$$;
