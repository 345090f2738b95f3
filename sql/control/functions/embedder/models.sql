-- The model catalogue (contract, section 4): which models a provider offers without a base_url of one's own.
create or replace function embedd.models() returns table (provider text, model text, dimensions int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values ('openai', 'text-embedding-3-small', 1536), ('openai', 'text-embedding-3-large', 3072),
         ('openai', 'text-embedding-ada-002', 1536),
         ('gemini', 'gemini-embedding-001', 3072), ('gemini', 'text-embedding-005', 768),
         ('gemini', 'text-embedding-004', 768),
         ('voyage', 'voyage-3.5', 1024), ('voyage', 'voyage-3.5-lite', 512), ('voyage', 'voyage-code-3', 1024),
         ('voyage', 'voyage-3-large', 1024), ('voyage', 'voyage-3-lite', 512),
         ('local', 'all-MiniLM-L6-v2', 384)
$$;
comment on function embedd.models() is 'Embedding models by provider, with the size of their vectors.';
