-- Remove what belongs to organizations that are being deleted: embedders and request counts at once, connections when
-- no vector table needs them for its clean-up, and each organization with its last vector table. The function has its
-- owner's rights, because the worker that calls it may remove nothing else of an organization.
create or replace function embedd_internal.forget_organizations() returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.embedders e using embedd.organizations o where o.id = e.organization_id and o.status = 'deleting';
  delete from embedd.connections c using embedd.organizations o
   where o.id = c.organization_id and o.status = 'deleting'
     and not exists (select from embedd.vector_tables v where v.connection_id = c.id);
  delete from embedd.request_counts r using embedd.organizations o
   where o.id = r.organization_id and o.status = 'deleting';
  delete from embedd.organizations o
   where o.status = 'deleting' and not exists (select from embedd.vector_tables v where v.organization_id = o.id);
$$;
