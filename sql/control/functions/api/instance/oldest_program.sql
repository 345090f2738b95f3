-- Return the migrations of each line that a program must know to be served by this schema: those of the previous
-- release (sql/releases.json). A program that knows fewer is refused when it starts; a running program is not checked.
create or replace function embedd.oldest_program() returns table (line text, number int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values ('capture', 5), ('control', 17)
$$;
comment on function embedd.oldest_program() is
  'Return the oldest program this schema still serves, by the migrations it knows of each line.';
