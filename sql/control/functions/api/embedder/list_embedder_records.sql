-- Return embedders with the fields of the GoodMem API, oldest first. A user with the right to list any embedder gets
-- all of them, or those of p_owner. Any other user gets only their own, whatever p_owner is. p_labels is an array of
-- objects; the labels of an embedder must contain each of them.
create or replace function embedd.list_embedder_records(
  p_owner uuid default null, p_provider_type text default null, p_labels jsonb default '[]')
returns table (embedder_id uuid, display_name text, description text, provider_type text, endpoint_url text,
               api_path text, model_identifier text, dimensionality int, distribution_type text,
               max_sequence_length int, supported_modalities text[], labels jsonb, version text,
               monitoring_endpoint text, owner_id uuid, created_at timestamptz, updated_at timestamptz,
               created_by_id uuid, updated_by_id uuid)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_any boolean := embedd_internal.has_permission('list', 'embedder', 'any');
begin
  if not v_any then
    perform embedd_internal.require_permission('list', 'embedder', embedd_internal.acting_user());
  end if;
  return query
    select * from embedd_internal.embedder_records() r
     where (case when v_any then p_owner is null or r.owner_id = p_owner
                 else r.owner_id = embedd_internal.acting_user() end)
       and (p_provider_type is null or r.provider_type = p_provider_type)
       and not exists (select from jsonb_array_elements(p_labels) l where not r.labels @> l.value)
     order by r.created_at, r.embedder_id;
end
$$;
comment on function embedd.list_embedder_records(uuid, text, jsonb) is
  'Return embedders with all their fields, without credentials, oldest first.';
