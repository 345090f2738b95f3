-- Change the fields of an embedder that only the GoodMem API has and that create_embedder() and update_embedder() lack,
-- and return its id. Null keeps a value, a blank text clears it. Model and size cannot change while vector tables use
-- the embedder.
create or replace function embedd.set_embedder_details(
  embedder text, description text default null, labels jsonb default null, api_path text default null,
  dimensionality int default null, max_sequence_length int default null, distribution_type text default null,
  supported_modalities text[] default null, version text default null,
  monitoring_endpoint text default null)
returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid := embedd_internal.resolve_embedder(embedder);
begin
  perform embedd_internal.update_embedder_record(
    (select coalesce(shown_id, id) from embedd.embedders where id = v_id), (
    select coalesce(jsonb_object_agg(key, value), '{}')
      from jsonb_each(jsonb_build_object(
      'description', description, 'labels', labels, 'api_path', api_path, 'dimensionality', dimensionality,
      'max_sequence_length', max_sequence_length, 'distribution_type', distribution_type,
      'supported_modalities', supported_modalities, 'version', version, 'monitoring_endpoint', monitoring_endpoint))
     where value <> 'null'));
  return (select public_id from embedd.embedders where id = v_id);
end
$$;
comment on function embedd.set_embedder_details(text, text, jsonb, text, int, int, text, text[], text, text) is
  'Change description, labels, path, size and similar fields of an embedder; null keeps, a blank text clears.';
