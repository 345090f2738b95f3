-- A model must belong to its provider and be asked for at its own size. A server of one's own (base_url) may offer
-- anything where the protocol allows models of one's own, but then the size has to be said; of a model that is known it
-- must be one that the model yields, unless the server only speaks OpenAI's protocol. Returns the size.
create or replace function embedd_internal.check_model(p_provider text, p_model text, p_dimensions int, p_base_url text) returns int
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_dimensions int;
  v_sizes int4multirange;
begin
  select m.dimensions, m.sizes into v_dimensions, v_sizes from embedd_internal.known_models() m where m.provider = p_provider and m.model = p_model;
  if v_dimensions is null and p_base_url is null then
    raise exception using errcode = 'EBV01',
      message = format('embedding_model %s is no model of the provider %s.', quote_literal(coalesce(p_model, '')), p_provider),
      hint = format('Use one of: %s.', (select string_agg(m.model, ', ') from embedd_internal.known_models() m where m.provider = p_provider));
  end if;
  if p_model is null or length(p_model) = 0 then
    raise exception using errcode = 'EBV01', message = 'embedding_model must not be empty.', hint = 'Name the model to embed with.';
  end if;
  perform embedd_internal.check_text(p_model, 'embedding_model', 500, 'Name the model to embed with.');
  if p_base_url is not null then
    v_dimensions := coalesce(p_dimensions, v_dimensions);
  end if;
  if v_dimensions is null or v_dimensions not between 1 and 16000 then
    raise exception using errcode = 'EBV01', message = 'embedding_dimensions must be between 1 and 16000.',
      hint = 'Say how many numbers the vectors of this model have.';
  end if;
  if p_dimensions <> v_dimensions then
    raise exception using errcode = 'EBV01',
      message = format('embedding_dimensions must be %s for the model %s.', v_dimensions, p_model),
      hint = 'Leave it out, or give that number.';
  end if;
  if p_provider <> 'openai' and not v_sizes @> v_dimensions then
    raise exception using errcode = 'EBV01', message = format('The model %s does not yield %s dimensions.', p_model, v_dimensions),
      hint = format('Its sizes are %s.', (select string_agg(
        case when upper(s.size) - lower(s.size) = 1 then lower(s.size)::text
             else format('%s to %s', lower(s.size), upper(s.size) - 1) end, ', ' order by s.size) from unnest(v_sizes) s (size)));
  end if;
  return v_dimensions;
end
$$;
