-- Return the user of this transaction: from the setting embedd.user, else the first owner of the organization who is
-- not disabled.
create or replace function embedd_internal.acting_user() returns uuid
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('embedd.user', true), '')::uuid,
                  (select id from embedd.users
                    where organization_id = embedd_internal.acting_organization()
                      and role = 'owner'
                      and disabled_at is null
                    order by created_at limit 1))
$$;
