-- An error that was met with jobs or ranges is over when none of them is left, whoever did the rest.
alter table embedd.vector_tables add column error_of_work boolean not null default false;
drop function if exists embedd.record_sync(text, text, bigint);
