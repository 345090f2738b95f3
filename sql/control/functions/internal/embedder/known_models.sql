-- Every model that is known: its size, and all sizes it yields. The adapters know the same (providers/catalogue.py).
create or replace function embedd_internal.known_models()
returns table (provider text, model text, dimensions int, sizes int4multirange)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values
    ('openai', 'text-embedding-3-small', 1536, '{[1,1536]}'::int4multirange), ('openai', 'text-embedding-3-large', 3072, '{[1,3072]}'),
    ('openai', 'text-embedding-ada-002', 1536, '{[1536,1536]}'),
    ('gemini', 'gemini-embedding-001', 3072, '{[128,3072]}'), ('gemini', 'text-embedding-005', 768, '{[1,768]}'),
    ('gemini', 'text-embedding-004', 768, '{[1,768]}'),
    ('voyage', 'voyage-3.5', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3.5-lite', 512, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-code-3', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3-large', 1024, '{[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('voyage', 'voyage-3-lite', 512, '{[512,512]}'),
    ('cohere', 'embed-v4.0', 1536, '{[256,256],[512,512],[1024,1024],[1536,1536]}'),
    ('cohere', 'embed-english-v3.0', 1024, '{[1024,1024]}'), ('cohere', 'embed-multilingual-v3.0', 1024, '{[1024,1024]}'),
    ('cohere', 'embed-english-light-v3.0', 384, '{[384,384]}'), ('cohere', 'embed-multilingual-light-v3.0', 384, '{[384,384]}'),
    ('jina', 'jina-embeddings-v3', 1024, '{[1,1024]}'),
    ('jina', 'jina-embeddings-v4', 2048, '{[128,128],[256,256],[512,512],[1024,1024],[2048,2048]}'),
    ('jina', 'jina-embeddings-v2-base-en', 768, '{[768,768]}'),
    ('local', 'all-MiniLM-L6-v2', 384, '{[384,384]}')
$$;
