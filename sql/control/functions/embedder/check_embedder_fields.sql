-- The rules for the fields of an embedder on the GoodMem face that need no look at anything stored.
-- Types and enumerations are the parser's business and the table's constraints.
create or replace function embedd.check_embedder_fields(p_fields jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_fault text := case
    when p_fields ? 'display_name' and length(btrim(p_fields ->> 'display_name')) = 0
      or length(p_fields ->> 'display_name') > 255 then 'displayName must have 1 to 255 characters.'
    when p_fields ? 'endpoint_url' and embedd.canonical_url(p_fields ->> 'endpoint_url') is null
      then 'endpointUrl must be an absolute http or https URL without user, query and fragment.'
    when p_fields ->> 'api_path' ~ '[^!-~]|[#\\]' and btrim(p_fields ->> 'api_path') <> '' or length(p_fields ->> 'api_path') > 1000
      then 'apiPath must be the path of a URL.'
    when p_fields ? 'model_identifier' and length(btrim(p_fields ->> 'model_identifier')) = 0
      or length(p_fields ->> 'model_identifier') > 500 then 'modelIdentifier must have 1 to 500 characters.'
    when (p_fields ->> 'dimensionality')::bigint not between 1 and 2147483647
      then 'dimensionality must be between 1 and 2147483647.'
    when (p_fields ->> 'max_sequence_length')::bigint not between 1 and 2147483647
      then 'maxSequenceLength must be between 1 and 2147483647.'
    when length(p_fields ->> 'description') > 10000 then 'description must have at most 10000 characters.'
    when length(p_fields ->> 'version') > 255 then 'version must have at most 255 characters.'
    when p_fields ->> 'monitoring_endpoint' <> '' and (length(p_fields ->> 'monitoring_endpoint') > 2000
      or p_fields ->> 'monitoring_endpoint' !~* '^https?://[^/?#@\s]+([/?#][^\s]*)?$')
      then 'monitoringEndpoint must be an http or https URL.'
    when p_fields ?& '{replace_labels,merge_labels}' then 'replaceLabels and mergeLabels exclude each other.'
  end;
begin
  if v_fault is not null then
    raise exception using errcode = 'EBV01', message = v_fault, hint = 'Correct the named field and send the request again.';
  end if;
  perform embedd.check_labels(l) from unnest(array[p_fields -> 'labels', p_fields -> 'replace_labels', p_fields -> 'merge_labels']) l
    where l is not null;
end
$$;
