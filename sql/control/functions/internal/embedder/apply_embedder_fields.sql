-- Return an embedder with the given fields of the GoodMem API applied. Absent fields keep their values, blank optional
-- texts clear them. A value equal to the one that API shows (p_shown, null for a new embedder) changes nothing, even if
-- the row stores it in another spelling.
create or replace function embedd_internal.apply_embedder_fields(
  p_embedder embedd.embedders, p_shown record, p_fields jsonb)
returns embedd.embedders
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_new embedd.embedders := p_embedder;
  v_path text := '/' || ltrim(btrim(p_fields ->> 'api_path'), '/');
begin
  v_new.name := coalesce(p_fields ->> 'display_name', v_new.name);
  if embedd_internal.canonical_url(p_fields ->> 'endpoint_url') is distinct from p_shown.endpoint_url then
    v_new.base_url := coalesce(embedd_internal.canonical_url(p_fields ->> 'endpoint_url'), v_new.base_url);
  end if;
  if v_path is distinct from p_shown.api_path then
    v_new.api_path := coalesce(case v_path when '/' then '/embeddings' else v_path end, v_new.api_path);
  end if;
  if p_fields ->> 'model_identifier' is distinct from p_shown.model_identifier then
    v_new.model := coalesce(p_fields ->> 'model_identifier', v_new.model);
  end if;
  if (p_fields ->> 'dimensionality')::int is distinct from p_shown.dimensionality then
    v_new.dimensionality := coalesce((p_fields ->> 'dimensionality')::int, v_new.dimensionality);
  end if;
  v_new.distribution_type := coalesce(p_fields ->> 'distribution_type', v_new.distribution_type);
  v_new.max_sequence_length := coalesce((p_fields ->> 'max_sequence_length')::int, v_new.max_sequence_length);
  if p_fields ? 'supported_modalities' then
    v_new.supported_modalities := array(
      select m.value from jsonb_array_elements_text(p_fields -> 'supported_modalities') with ordinality m (value, place)
       group by m.value order by min(m.place));
  end if;
  v_new.description := nullif(coalesce(p_fields ->> 'description', v_new.description), '');
  v_new.version := nullif(coalesce(p_fields ->> 'version', v_new.version), '');
  v_new.monitoring_endpoint := nullif(coalesce(p_fields ->> 'monitoring_endpoint', v_new.monitoring_endpoint), '');
  v_new.labels := coalesce(p_fields -> 'labels', p_fields -> 'replace_labels',
                           v_new.labels || (p_fields -> 'merge_labels'), v_new.labels);
  perform embedd_internal.check_labels(v_new.labels);
  return v_new;
end
$$;
