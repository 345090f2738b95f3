-- search() takes the columns of its answer, too.
drop function if exists embedd.search(text, text, int, jsonb, text, real[], float8, jsonb);
