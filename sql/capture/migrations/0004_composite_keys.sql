-- A key may have several columns, in the order of its parts. Trigger functions from before name theirs themselves.
alter table embedd.captures rename column key_column to key_columns;
alter table embedd.captures alter column key_columns type text[] using array[key_columns];

drop function if exists embedd.install_capture(regclass, text, text[]);
