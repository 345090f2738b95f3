-- Return what requests to an embedder need: load_embedder() with the model, its dimensions and limits, model_warning(),
-- and whether the model is in the catalogue. Return null if neither p_model nor the embedder names a model.
create or replace function embedd_internal.plan_embedding(
  p_embedder text, p_model text default null, p_dimensions int default null)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  v_embedder jsonb := embedd_internal.load_embedder(p_embedder);
  v_provider text := v_embedder ->> 'provider';
  v_model text := coalesce(p_model, v_embedder ->> 'model');
  v_own int := case when v_model = v_embedder ->> 'model' then v_embedder ->> 'dimensionality' end;
begin
  if v_model is null then
    return null;
  end if;
  return v_embedder || jsonb_build_object(
    'model', v_model,
    'dimensionality', embedd_internal.check_model(
      v_provider, v_model, coalesce(p_dimensions, v_own), v_embedder ->> 'base_url'),
    'limits', embedd_internal.model_limits(v_provider, v_model),
    'warning', embedd_internal.model_warning(v_provider, v_model),
    'catalogued', exists (select from embedd.models m
                           where m.provider = v_provider and m.model = v_model and m.kind = 'embedding'));
end
$$;
