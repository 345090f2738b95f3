-- search() takes the columns of its answer, too.
drop function if exists embedd.search(text, text, int, jsonb, text, real[], float8, jsonb);

-- Workers record which migrations they know: those of earlier versions cannot read columns of the new filter types.
alter table embedd.looks add column knows int;
drop function if exists embedd_internal.record_look(text, text);
