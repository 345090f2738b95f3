-- How long texts are cut into passages, and how a collection of Qdrant is laid out, per vector table.
alter table embedd.vector_tables
  add column chunking jsonb not null default '{"strategy": "none"}',
  add column store_settings jsonb not null default '{}';
comment on column embedd.vector_tables.chunking is 'How a text is cut into passages, each of which has a vector of its own; as check_chunking() gives it.';
comment on column embedd.vector_tables.store_settings is 'How its collections are laid out; as check_store_settings() gives it.';

-- Like the columns: two generations of one table may be cut differently.
alter table embedd.generations
  add column chunking jsonb not null default '{"strategy": "none"}',
  add column store_settings jsonb not null default '{}';

drop function if exists embedd.create_vector_table(text, text, json, text, text, text, text, int, text, text, jsonb, text, boolean, text, text);
drop function if exists embedd.update_vector_table(text, text, json, text, text, int, text, jsonb, boolean, text);
drop function if exists embedd.list_vector_tables(int, timestamptz, text);
drop function if exists embedd.get_vector_table(text);
drop function if exists embedd.nearest_rows(jsonb, real[], text, int);
drop function if exists embedd.search(text, real[], text, int, jsonb, text);
