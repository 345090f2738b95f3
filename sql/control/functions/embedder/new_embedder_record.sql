-- An embedder that is not stored yet, with the fields of the GoodMem face put in.
create or replace function embedd.new_embedder_record(p_provider_type text, p_fields jsonb) returns embedd.embedders
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_shown record;
  v_new embedd.embedders;
begin
  select null::text as endpoint_url, null::text as api_path, null::text as model_identifier, null::int as dimensionality
    into v_shown;
  v_new.provider_type := p_provider_type;
  v_new.provider := case when p_provider_type in ('VLLM', 'LLAMA_CPP') then 'openai' else lower(p_provider_type) end;
  v_new.api_path := '/embeddings';
  v_new.distribution_type := 'DENSE';
  v_new.supported_modalities := '{TEXT}';
  v_new.labels := '{}';
  return embedd.apply_embedder_fields(v_new, v_shown, p_fields);
end
$$;
