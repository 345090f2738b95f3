-- Return one embedder by id with the fields of the GoodMem API. That API does not hide whether an embedder exists, so
-- 404 comes before 403.
create or replace function embedd.get_embedder_record(embedder uuid)
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text,
               api_path text, model_identifier text, dimensionality int, distribution_type text,
               max_sequence_length int, supported_modalities text[], labels jsonb, version text,
               monitoring_endpoint text, owner_id uuid, created_at timestamptz, updated_at timestamptz,
               created_by_id uuid, updated_by_id uuid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform embedd_internal.require_permission('read', 'embedder',
    (select e.owner_id from embedd.embedders e where e.id = embedd_internal.resolve_embedder(embedder::text)));
  return query select * from embedd_internal.embedder_records() r where r.embedder_id = embedder;
end
$$;
comment on function embedd.get_embedder_record(uuid) is
  'Return one embedder with all its fields, without its credentials.';
