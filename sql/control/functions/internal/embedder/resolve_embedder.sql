-- Return the id of an embedder by its emb_ id, UUID or name. An id comes before an equal name.
create or replace function embedd_internal.resolve_embedder(p_reference text) returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_environment text := embedd_internal.acting_environment();
  v_id uuid := (select id from embedd.embedders
                 where environment_id = v_environment and p_reference in (public_id, coalesce(shown_id, id)::text));
  v_public_id text;
begin
  if v_id is not null then
    return v_id;
  end if;
  v_public_id := embedd_internal.pick_one(
    array(select public_id from embedd.embedders
           where environment_id = v_environment and name = p_reference
           order by public_id),
    p_reference, 'embedder', 'EBN03');
  return (select id from embedd.embedders where environment_id = v_environment and public_id = v_public_id);
end
$$;
