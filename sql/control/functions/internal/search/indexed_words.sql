-- Return the expression of the index on the words of a store; a search must use the same expression. It takes only the
-- start of the text, because PostgreSQL refuses an index entry with more than a megabyte of words. `{language}` is
-- replaced.
create or replace function embedd_internal.indexed_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$pg_catalog.to_tsvector({language}, pg_catalog.left(embedded_text, 100000))$text$
$$;
