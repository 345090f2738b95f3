-- Removes what organizations that are being deleted have and no vector table of theirs needs any more to be cleaned up after; the
-- organization itself with the last of them. With the rights of its owner: the worker, who is to call it, may remove nothing
-- else of them.
create or replace function embedd_internal.forget_organizations() returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  delete from embedd.embedders e using embedd.organizations o where o.id = e.organization_id and o.status = 'deleting';
  delete from embedd.connections c using embedd.organizations o
   where o.id = c.organization_id and o.status = 'deleting' and not exists (select from embedd.vector_tables v where v.connection_id = c.id);
  delete from embedd.request_counts r using embedd.organizations o where o.id = r.organization_id and o.status = 'deleting';
  delete from embedd.organizations o
   where o.status = 'deleting' and not exists (select from embedd.vector_tables v where v.organization_id = o.id);
$$;
