-- A key may have several columns. primary_key_column stays what users see: the column, or the columns with commas.
alter table embedd.vector_tables add column key_columns text[];
update embedd.vector_tables set key_columns = array[primary_key_column];
alter table embedd.vector_tables alter column key_columns set not null;
alter table embedd.vector_tables rename column primary_key_type to key_types;
alter table embedd.vector_tables alter column key_types type text[] using array[key_types];
comment on column embedd.vector_tables.key_columns is 'What names a row, in the order of the parts of its key; key_types runs in parallel.';

drop function if exists embedd.check_source(text, jsonb, text);
drop function if exists embedd.watch_source(text, text, text, json, text[]);
