-- Return the vector size of a model of a provider: p_dimensions if given, otherwise the model's own. A model that is
-- not in the catalogue needs p_dimensions. A model in the catalogue must yield the size, except at an OpenAI-compatible
-- server of the operator.
create or replace function embedd_internal.check_model(p_provider text, p_model text, p_dimensions int, p_base_url text)
returns int
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_known embedd.models;
  v_dimensions int;
begin
  perform embedd_internal.check_model_name(p_provider, p_model, p_base_url);
  select * into v_known
    from embedd.models m where m.provider = p_provider and m.model = p_model and m.kind = 'embedding';
  v_dimensions := coalesce(p_dimensions, v_known.dimensions);

  if v_dimensions is null then
    raise exception using errcode = 'EBV01',
      message = format('The model %s is not in the catalogue: the size of its vectors must be given.',
                       quote_literal(p_model)),
      hint = 'Give their size as embedding_dimensions, or as dimensions when embedding a text.';
  end if;
  if v_dimensions not between 1 and 16000 then
    raise exception using errcode = 'EBV01', message = 'embedding_dimensions must be between 1 and 16000.',
      hint = 'Give the size of the vectors of this model.';
  end if;
  if not (p_provider = 'openai' and p_base_url is not null) and not v_known.sizes @> v_dimensions then
    raise exception using errcode = 'EBV01',
      message = format('The model %s does not yield %s dimensions.', p_model, v_dimensions),
      hint = format('Its sizes are %s.', embedd_internal.shown_sizes(v_known.sizes));
  end if;
  return v_dimensions;
end
$$;
