-- What a connection test asks a database elsewhere: how new its capture line is, whether an installation of its own takes the
-- events, and which one elsewhere does. This function and the four others that are called over a connection run with the rights
-- of its role, which therefore has to own this schema and the source tables, or to be a member of the roles that do.
create or replace function embedd.capture_line(out number int, out control boolean, out installation uuid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (select max(m.number) from embedd.migrations m where m.line = 'capture'),
         exists (select from embedd.migrations m where m.line = 'control'),
         (select c.installation from embedd.consumer c)
$$;
