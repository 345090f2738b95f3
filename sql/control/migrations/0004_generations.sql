-- A generation carries its own configuration, so that two of one vector table can live side by side while a new one
-- is filled. It remembers provider and address by value: they decide which texts count as unchanged, also after the
-- embedder itself was changed or deleted.

alter table embedd.vector_tables
  alter column embedder_id drop not null,
  drop constraint vector_tables_embedder_id_fkey,
  add foreign key (embedder_id) references embedd.embedders on delete set null;

alter table embedd.generations
  add column embedder_id uuid references embedd.embedders on delete set null,
  add column provider text,
  add column base_url text,
  add column embedding_model text,
  add column embedding_dimensions int,
  add column columns json,
  add column retired_at timestamptz;
update embedd.generations g
   set embedder_id = v.embedder_id, provider = e.provider, base_url = e.base_url, embedding_model = v.embedding_model,
       embedding_dimensions = v.embedding_dimensions, columns = v.columns
  from embedd.vector_tables v join embedd.embedders e on e.id = v.embedder_id
 where v.id = g.vector_table_id;
alter table embedd.generations
  alter column provider set not null,
  alter column embedding_model set not null,
  alter column embedding_dimensions set not null,
  alter column columns set not null;
create unique index generations_one_building on embedd.generations (vector_table_id) where state = 'building';
comment on column embedd.generations.retired_at is 'When another one took over; it is kept for a moment, for queries under way.';
