-- Raise EBV01 for invalid fields of an embedder in the GoodMem API, as far as that needs no stored data. The parser of
-- the service and the constraints of the table check types and enumerations.
create or replace function embedd_internal.check_embedder_fields(p_fields jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_fault text := case
    when p_fields ? 'endpoint_url' and embedd_internal.canonical_url(p_fields ->> 'endpoint_url') is null
      then 'endpointUrl must be an absolute http or https URL without user, query and fragment.'
    when p_fields ->> 'api_path' ~ '[^!-~]|[#\\]' and btrim(p_fields ->> 'api_path') <> ''
         or length(p_fields ->> 'api_path') > 1000
      then 'apiPath must be the path of a URL.'
    when (p_fields ->> 'dimensionality')::bigint not between 1 and 2147483647
      then 'dimensionality must be between 1 and 2147483647.'
    when (p_fields ->> 'max_sequence_length')::bigint not between 1 and 2147483647
      then 'maxSequenceLength must be between 1 and 2147483647.'
    when length(p_fields ->> 'description') > 10000 then 'description must have at most 10000 characters.'
    when p_fields ->> 'monitoring_endpoint' <> '' and (length(p_fields ->> 'monitoring_endpoint') > 2000
      or p_fields ->> 'monitoring_endpoint' !~* '^https?://[^/?#@\s]+([/?#][^\s]*)?$')
      then 'monitoringEndpoint must be an http or https URL.'
    when p_fields ?& '{replace_labels,merge_labels}' then 'replaceLabels and mergeLabels exclude each other.'
  end;
  v_hint constant text := 'Correct the named field and send the request again.';
begin
  perform embedd_internal.check_text(
    p_fields ->> 'display_name', 'displayName', 255, v_hint, (p_fields ? 'display_name')::int);
  perform embedd_internal.check_text(
    p_fields ->> 'model_identifier', 'modelIdentifier', 500, v_hint, (p_fields ? 'model_identifier')::int);
  perform embedd_internal.check_text(p_fields ->> 'version', 'version', 255, v_hint, 0);
  if v_fault is not null then
    raise exception using errcode = 'EBV01', message = v_fault, hint = v_hint;
  end if;

  perform embedd_internal.check_labels(l)
     from unnest(array[p_fields -> 'labels', p_fields -> 'replace_labels', p_fields -> 'merge_labels']) l
    where l is not null;
end
$$;
