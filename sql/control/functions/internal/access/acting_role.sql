-- Return the role of the acting user in the acting organization; null for a user who does not belong to it or is
-- disabled.
create or replace function embedd_internal.acting_role() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select role from embedd.users
   where id = embedd_internal.acting_user()
     and organization_id = embedd_internal.acting_organization()
     and disabled_at is null
$$;
