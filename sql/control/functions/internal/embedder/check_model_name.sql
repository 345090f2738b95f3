-- Raise EBV01 unless the model may be used with the provider, whatever its vector size. Any name is allowed, with two
-- exceptions. The provider local has only its own models. And the name of a model of another provider is taken for a
-- mistake, unless the embedder has its own base_url.
create or replace function embedd_internal.check_model_name(p_provider text, p_model text, p_base_url text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_own text[] := array(select m.model from embedd.models m
                         where m.provider = p_provider and m.kind = 'embedding' order by m.model);
  v_owner text;
begin
  if p_model is null or length(p_model) = 0 then
    raise exception using errcode = 'EBV01', message = 'embedding_model must not be empty.',
      hint = 'Name the model to embed with.';
  end if;
  perform embedd_internal.check_text(p_model, 'embedding_model', 500, 'Name the model to embed with.');
  if p_model = any (v_own) then
    return;
  end if;

  if not (select p.any_model from embedd_internal.providers() p where p.provider = p_provider) then
    raise exception using errcode = 'EBV01',
      message = format('embedding_model %s is not a model of the provider %s.', quote_literal(p_model), p_provider),
      hint = format('Use one of: %s.', array_to_string(v_own, ', '));
  end if;
  v_owner := (select min(m.provider) from embedd.models m where m.model = p_model and p_base_url is null);
  if v_owner is not null then
    raise exception using errcode = 'EBV01',
      message = format('embedding_model %s is not an embedding model of the provider %s.',
                       quote_literal(p_model), p_provider),
      hint = format('It belongs to %s. embedd.models() lists the models of each provider.', v_owner);
  end if;
end
$$;
