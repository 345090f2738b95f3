-- Return all embedders of the environment with the fields of the GoodMem API, without credentials. An embedder that was
-- made outside that API has no provider type of it, and clients of the API decode only its own types. So it gets the
-- closest type: Gemini the vendor's OpenAI-compatible address, the built-in model a server on this machine.
create or replace function embedd_internal.embedder_records()
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text,
               api_path text, model_identifier text, dimensionality int, distribution_type text,
               max_sequence_length int, supported_modalities text[], labels jsonb, version text,
               monitoring_endpoint text, owner_id uuid, created_at timestamptz, updated_at timestamptz,
               created_by_id uuid, updated_by_id uuid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with shown as (
    select e.id, m.model, p.shown_type as type, p.shown_url as url,
           coalesce(
             e.dimensionality,
             (select c.dimensions from embedd.models c where c.provider = e.provider and c.model = m.model),
             (select max(v.embedding_dimensions) from embedd.vector_tables v where v.embedder_id = e.id),
             0) as dimensions
      from embedd.embedders e
      join embedd_internal.providers() p on p.provider = e.provider
      cross join lateral (select coalesce(e.model, p.default_model, '')) m (model)
     where e.environment_id = embedd_internal.acting_environment()
  )
  select coalesce(e.shown_id, e.id), e.name, e.description, coalesce(e.provider_type, s.type),
         coalesce(embedd_internal.canonical_url(e.base_url), e.base_url, s.url), coalesce(e.api_path, '/embeddings'),
         s.model, s.dimensions, e.distribution_type, e.max_sequence_length, e.supported_modalities,
         e.labels, e.version, e.monitoring_endpoint, e.owner_id,
         e.created_at, e.updated_at, e.created_by, e.updated_by
    from embedd.embedders e
    join shown s using (id)
$$;
