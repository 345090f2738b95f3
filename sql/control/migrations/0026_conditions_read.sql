-- Conditions are read here before they are used: those that exist by a worker, which puts them into its own words, or the table in
-- error where it cannot. Nothing of them is executed before.
alter table embedd.vector_tables add column condition_read text;
comment on column embedd.vector_tables.condition_read is 'The condition as a worker has read it; while condition is another, one is to read it.';
comment on column embedd.vector_tables.condition is
  'Only rows it is true for are mirrored. What embedd.read_condition() lets through; a worker reads it again before it uses it.';
insert into embedd.notices (vector_table_id, message)
select id, 'where is read anew by a worker, which allows less than an index does: if this vector table is in error now, last_error says what to change. '
           'Its vectors answer meanwhile. It was: ' || left(condition, 1000)
  from embedd.vector_tables where condition is not null and dropped_at is null;
