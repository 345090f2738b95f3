-- Return the migrations of each line that a program must know to be served by this schema: those of the previous
-- release (sql/releases.json), or those that the filter types in use need. A program that knows fewer is refused when
-- it starts; a running worker compares them from time to time, and stops. Sessions in which programs look at the schema
-- have row_security off, and generations have policies.
create or replace function embedd.oldest_program() returns table (line text, number int)
language sql stable security definer set search_path = pg_catalog, pg_temp set row_security = on
as $$
  values ('capture', 5),
         ('control', greatest(17, (
           select max(embedd_internal.needed_migration(g.columns::jsonb)) from embedd.generations g)))
$$;
comment on function embedd.oldest_program() is
  'Return the oldest program this schema still serves, by the migrations it knows of each line.';
