-- Id of the embedder a user means: by emb_ id, by UUID, or by name. No name hides an id.
create or replace function embedd.resolve_embedder(p_reference text) returns uuid
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (select id from embedd.embedders
      where environment_id = embedd.acting_environment() and p_reference in (public_id, id::text)),
    (select id from embedd.embedders where public_id = embedd.pick_one(
      array(select public_id from embedd.embedders
             where environment_id = embedd.acting_environment() and name = p_reference order by public_id),
      p_reference, 'embedder', 'EBN03')))
$$;
