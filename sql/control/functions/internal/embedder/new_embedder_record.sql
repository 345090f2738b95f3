-- Return a new embedder of the acting user with the given fields of the GoodMem API. Nothing is written.
create or replace function embedd_internal.new_embedder_record(p_provider_type text, p_fields jsonb)
returns embedd.embedders
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_shown record;
begin
  select null::text as endpoint_url, null::text as api_path, null::text as model_identifier, null::int as dimensionality
    into v_shown;

  return embedd_internal.apply_embedder_fields(jsonb_populate_record(embedd_internal.new_embedder(), jsonb_build_object(
    'provider_type', p_provider_type,
    'provider', case when p_provider_type in ('VLLM', 'LLAMA_CPP') then 'openai' else lower(p_provider_type) end,
    'api_path', '/embeddings')), v_shown, p_fields);
end
$$;
