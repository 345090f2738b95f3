-- search() takes what is looked for first, since that is what a query gives; names of parameters stay.
drop function if exists embedd.search(text, real[], text, int, jsonb, text);
