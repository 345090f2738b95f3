-- Return the expression that parses the text of a row into words. It takes only the start of the text, because parsing
-- takes time. `{language}` is replaced.
create or replace function embedd_internal.indexed_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$pg_catalog.to_tsvector({language}, pg_catalog.left(embedded_text, 100000))$text$
$$;
