-- Store an embedding configuration and return its emb_ id. SQL users give the name of the key, never the key itself
-- (api_key_ref => 'env:OPENAI_API_KEY'), so that no statement log contains it. REST passes an encrypted envelope.
create or replace function embedd.create_embedder(
  name text, provider text, model text default null, api_key_ref text default null, base_url text default null,
  credentials jsonb default null, id uuid default null, allow_duplicate_name boolean default false)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_environment text := embedd_internal.acting_environment();
  v_provider record;
begin
  perform embedd_internal.require_permission('create', 'embedder', embedd_internal.acting_user());
  perform embedd_internal.check_name(create_embedder.name, 'embedder',
    not allow_duplicate_name and exists (select from embedd.embedders e
      where e.environment_id = v_environment and e.name = create_embedder.name));

  select p.needs_key, p.needs_address into v_provider
    from embedd_internal.providers() p where p.provider = create_embedder.provider;
  if not found then
    raise exception using errcode = 'EBV01',
      message = format('provider %s is not known.', quote_literal(coalesce(create_embedder.provider, ''))),
      hint = format('Use one of: %s.',
                    (select string_agg(p.provider, ', ' order by p.provider) from embedd_internal.providers() p));
  end if;

  perform embedd_internal.check_embedder_access(create_embedder.base_url, api_key_ref);
  if v_provider.needs_address and create_embedder.base_url is null then
    raise exception using errcode = 'EBV01',
      message = format('The provider %s needs a base_url.', create_embedder.provider),
      hint = 'Give the address of the server, for example http://localhost:8080.';
  end if;

  perform embedd_internal.check_text(create_embedder.model, 'model', 500, 'Name the model to embed with.', 0);
  if create_embedder.model is not null then
    perform embedd_internal.check_model_name(create_embedder.provider, create_embedder.model, create_embedder.base_url);
  end if;

  if v_provider.needs_key and create_embedder.base_url is null
     and api_key_ref is null and create_embedder.credentials is null then
    raise exception using errcode = 'EBV01',
      message = format('The provider %s needs an api_key.', create_embedder.provider),
      hint = format('In SQL: api_key_ref => ''env:%s_API_KEY''.', upper(create_embedder.provider));
  end if;

  return embedd_internal.insert_embedder(jsonb_populate_record(embedd_internal.new_embedder(), jsonb_build_object(
    'id', coalesce(create_embedder.id, gen_random_uuid()),
    'name', create_embedder.name,
    'provider', create_embedder.provider,
    'model', create_embedder.model,
    'base_url', create_embedder.base_url,
    'credentials', create_embedder.credentials,
    'secret_ref', api_key_ref)));
end
$$;
comment on function embedd.create_embedder(text, text, text, text, text, jsonb, uuid, boolean) is
  'Store an embedding configuration and return its id. api_key_ref names where the key is: env:NAME or file:/path.';
