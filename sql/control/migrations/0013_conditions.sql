-- Which rows of a source table are mirrored (null means all), and which language's word endings searches by words know.
alter table embedd.vector_tables
  add column language text not null default 'english',
  add column condition text,
  add column condition_columns text[] not null default '{}';
comment on column embedd.vector_tables.language is 'A text search configuration of PostgreSQL''s own.';
comment on column embedd.vector_tables.condition is
  'Only rows it is true for are mirrored; as PostgreSQL writes it, over the columns of the source table.';
comment on column embedd.vector_tables.condition_columns is 'The columns the condition names: their changes are watched, too.';

drop function if exists embedd.create_vector_table(text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean);
drop function if exists embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean);
drop function if exists embedd.list_vector_tables(int, timestamptz, text);
drop function if exists embedd.get_vector_table(text);
drop function if exists embedd.watch_source(text, text, text, json);
