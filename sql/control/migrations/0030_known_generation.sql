-- prepare_search() has one more parameter: the version of the generation that the program has.
drop function if exists embedd_internal.prepare_search(text, jsonb);
