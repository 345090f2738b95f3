-- Delete an organization with everything it has. Its keys are refused, and its triggers in this database are removed,
-- at once. A worker removes its vectors and remote triggers; embedders and connections go when no vector table needs
-- them, and the organization goes with its last vector table. Without confirm => true the function only lists what the
-- organization has. The row of the organization is locked first, so that nothing can be added meanwhile.
create or replace function embedd.delete_organization(organization text, confirm boolean default false)
returns table (environment text, kind text, id text, name text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_id text := embedd_internal.resolve_tenant(organization);
  v_before text := current_setting('embedd.organization', true);
begin
  -- Row security shows rows of the acting organization only, so act as this one.
  perform set_config('embedd.organization', v_id, true);
  if confirm then
    perform from embedd.organizations o where o.id = v_id for update;
  end if;
  return query
    select o.environment, o.kind, o.id, o.name
      from (select 1, null::text, 'user', u.id::text, u.name, u.created_at
              from embedd.users u
             where u.organization_id = v_id
            union all
            select 2, null, 'API key', k.id, k.name, k.created_at
              from embedd.api_keys k
             where k.organization_id = v_id and k.revoked_at is null
            union all
            select 3, null, 'environment', e.id, e.name, e.created_at
              from embedd.environments e
             where e.organization_id = v_id
            union all
            select 4, e.name, 'connection', c.id, c.name, c.created_at
              from embedd.connections c join embedd.environments e on e.id = c.environment_id
             where c.organization_id = v_id
            union all
            select 5, e.name, 'embedder', m.public_id, m.name, m.created_at
              from embedd.embedders m join embedd.environments e on e.id = m.environment_id
             where m.organization_id = v_id
            union all
            select 6, e.name, 'vector table', v.id, v.name, v.created_at
              from embedd.vector_tables v join embedd.environments e on e.id = v.environment_id
             where v.organization_id = v_id and v.dropped_at is null) o (place, environment, kind, id, name, created_at)
     order by o.place, o.created_at, o.id;
  if confirm then
    update embedd.organizations o set status = 'deleting' where o.id = v_id;
    perform embedd_internal.end_vector_table(v.id)
       from embedd.vector_tables v
      where v.organization_id = v_id and v.dropped_at is null;
    perform embedd_internal.note_change('delete_organization', v_id), embedd_internal.forget_organizations();
    perform pg_notify('embedd', '');
  end if;

  perform set_config('embedd.organization', coalesce(v_before, ''), true);
end
$$;
comment on function embedd.delete_organization(text, boolean) is
  'Delete an organization with all it has. Without confirm => true it only lists what that is.';
