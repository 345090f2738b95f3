-- Return plan_embedding() for the embedder, model and size that a vector table will have: a new table, or the table
-- p_vector_table after a change. Return null if its embedder was deleted, or if the provider's default model applies.
create or replace function embedd_internal.plan_vector_table(
  p_embedder text, p_model text default null, p_dimensions int default null, p_vector_table text default null)
returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_old record;
  v_embedder embedd.embedders;
  v_model text;
  v_dimensions int;
begin
  select v.embedder_id, v.embedding_model, v.embedding_dimensions into v_old
    from embedd.vector_tables v where v.id = p_vector_table;
  v_embedder := embedd_internal.use_embedder(
    case when p_embedder is null then v_old.embedder_id else embedd_internal.resolve_embedder(p_embedder) end);
  v_model := coalesce(p_model, v_old.embedding_model, v_embedder.model);
  if v_embedder.id is null or v_model is null then
    return null;
  end if;
  v_dimensions := coalesce(p_dimensions, embedd_internal.kept_dimensions(
    v_embedder.provider, v_model, v_embedder.base_url, v_old.embedding_dimensions));
  return embedd_internal.plan_embedding(
    v_embedder.public_id, v_model, embedd_internal.check_embedder_use(v_embedder, v_model, v_dimensions));
end
$$;
