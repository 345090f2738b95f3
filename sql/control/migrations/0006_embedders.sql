-- Embedders as the GoodMem face (/v1/embedders) knows them: the same rows as before, with more columns.

alter table embedd.embedders
  add column description text,
  add column provider_type text
    check (provider_type in ('OPENAI', 'VLLM', 'TEI', 'LLAMA_CPP', 'VOYAGE', 'COHERE', 'JINA')),
  add column api_path text,
  add column dimensionality int check (dimensionality > 0),
  add column distribution_type text not null default 'DENSE' check (distribution_type in ('DENSE', 'SPARSE')),
  add column max_sequence_length int check (max_sequence_length > 0),
  add column supported_modalities text[] not null default '{TEXT}'
    check (supported_modalities <@ '{TEXT,IMAGE,AUDIO,VIDEO}' and cardinality(supported_modalities) > 0),
  add column labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
  add column version text,
  add column monitoring_endpoint text,
  add column credentials_form text not null default 'key' check (credentials_form in ('key', 'endpoint')),
  add column fingerprint bytea check (length(fingerprint) = 32),
  add column duplicate_key bytea check (length(duplicate_key) = 32),
  add column created_by uuid,
  add column updated_by uuid,
  add column updated_at timestamptz;
update embedd.embedders set created_by = owner_id, updated_by = owner_id, updated_at = created_at;
alter table embedd.embedders
  alter column created_by set not null,
  alter column updated_by set not null,
  alter column updated_at set not null,
  alter column updated_at set default now();
create unique index embedders_once on embedd.embedders (duplicate_key);
create index vector_tables_embedder on embedd.vector_tables (embedder_id);
create index generations_embedder on embedd.generations (embedder_id);
comment on column embedd.embedders.provider_type is 'As the GoodMem face said it; null: made elsewhere, and shown by its provider.';
comment on column embedd.embedders.api_path is 'Put behind base_url for a request; null: the provider''s own.';
comment on column embedd.embedders.credentials_form is
  'What the envelope holds: a key, or the JSON of an EndpointAuthentication.';
comment on column embedd.embedders.fingerprint is
  'HMAC-SHA-256 of the credentials under a key the database never sees: equal ones are told, not guessed.';
comment on column embedd.embedders.duplicate_key is
  'SHA-256 of what no two embedders of one owner share; null for those that may repeat (not made on the GoodMem face).';
