-- Return the role that the session acts as: that of SET ROLE, else the one that logged in. Unlike current_user it is
-- the same inside functions that have their owner's rights.
create or replace function embedd_internal.asking_role() returns name
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(nullif(current_setting('role'), 'none'), session_user)::name
$$;
