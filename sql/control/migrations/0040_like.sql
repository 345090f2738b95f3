-- search() and prepare_search() take more parameters: rows to search by, a threshold, and rows to leave out.
drop function if exists embedd.search(text, text, int, jsonb, text, real[], float8, jsonb, text[]);
drop procedure if exists embedd.prepare_search(text, text, int, jsonb, text, float8, jsonb, interval);
