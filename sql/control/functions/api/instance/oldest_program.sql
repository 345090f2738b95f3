-- The migrations that the oldest program knows which this schema still serves, of each line: those of the release before
-- (sql/releases.json). A program that knows fewer is refused when it starts; one that runs already is not asked.
create or replace function embedd.oldest_program() returns table (line text, number int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values ('capture', 5), ('control', 17)
$$;
comment on function embedd.oldest_program() is 'The oldest program this schema still serves, by the migrations it knows of each line.';
