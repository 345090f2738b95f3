-- Return the facts that a connection test needs from a remote database: the newest migration of its capture line,
-- whether that database has its own installation (control), which takes the events itself, and which remote
-- installation takes them.
-- This function and the four others that are called over a connection run with the rights of the connection's role.
-- That role must own schema embedd and the source tables, or be a member of the roles that own them.
create or replace function embedd.capture_line(out number int, out control boolean, out installation uuid)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select (select max(m.number) from embedd.migrations m where m.line = 'capture'),
         exists (select from embedd.migrations m where m.line = 'control'),
         (select c.installation from embedd.consumer c)
$$;
