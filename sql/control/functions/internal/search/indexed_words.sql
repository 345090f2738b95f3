-- The expression that the index on the words of a store is on; a search must use the very same. It takes the start of
-- the text alone, because PostgreSQL refuses an index entry with more than a megabyte of words. `{language}` is
-- replaced.
create or replace function embedd_internal.indexed_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$pg_catalog.to_tsvector({language}, pg_catalog.left(embedded_text, 100000))$text$
$$;
