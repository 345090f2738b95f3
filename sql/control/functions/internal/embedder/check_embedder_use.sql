-- Raise unless an embedder can make the vectors of a vector table with this model. Return the vector size; if none is
-- given, the embedder's own.
create or replace function embedd_internal.check_embedder_use(
  p_embedder embedd.embedders, p_model text, p_dimensions int)
returns int
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_fixed int := (select m.dimensions from embedd.models m
                   where m.provider = p_embedder.provider and m.model = p_model and m.size_fixed);
  v_own int := case when p_model = p_embedder.model then p_embedder.dimensionality end;
  v_fault text := case
    when p_embedder.distribution_type <> 'DENSE' then 'its vectors are sparse, and vector tables hold dense ones'
    when not 'TEXT' = any (p_embedder.supported_modalities) then 'it does not take text'
  end;
begin
  if p_embedder.id is null then
    raise exception using errcode = 'EBN03', message = 'The embedder was deleted.', hint = 'Name another one.';
  end if;

  if v_fault is not null then
    raise exception using errcode = 'EBV01',
      message = format('The embedder %s cannot be used here: %s.', quote_literal(p_embedder.name), v_fault),
      hint = 'Use an embedder that makes dense vectors of text.';
  end if;

  if p_dimensions <> v_own then
    raise exception using errcode = 'EBV01',
      message = format('embedding_dimensions must be %s, the dimensionality of the embedder %s.', v_own,
                       quote_literal(p_embedder.name)),
      hint = 'Leave it out, or give that number.';
  end if;
  if p_embedder.base_url is null and v_fixed <> coalesce(p_dimensions, v_own) then
    raise exception using errcode = 'EBV01',
      message = format('embedding_dimensions must be %s for the model %s.', v_fixed, p_model),
      hint = 'Leave it out, or give that number.';
  end if;

  return embedd_internal.check_model(p_embedder.provider, p_model, coalesce(p_dimensions, v_own), p_embedder.base_url);
end
$$;
