-- Return the vendors. This is the only list of them in SQL; each has an adapter in embedd_pg/embedding/providers. The
-- limits apply to models that are not in embedd.models; any_model: whether such models are allowed. needs_address: the
-- operator runs the server. shown_type and shown_url: type and address in the GoodMem API of an embedder that was not
-- made there.
create or replace function embedd_internal.providers()
returns table (provider text, needs_key boolean, needs_address boolean, any_model boolean, default_model text,
               shown_type text, shown_url text, max_text_tokens int, max_items int, max_tokens int, max_requests int)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  values
    -- With a base_url this is any OpenAI-compatible server; a batch that it refuses is halved.
    ('openai', true, false, true, 'text-embedding-3-small', 'OPENAI',
      'https://api.openai.com/v1', 8192, 256, 100000, 4),
    ('gemini', true, false, true, 'gemini-embedding-001', 'OPENAI',
      'https://generativelanguage.googleapis.com/v1beta/openai', 2048, 100, 204800, 4),
    ('voyage', true, false, true, 'voyage-3.5', 'VOYAGE', 'https://api.voyageai.com/v1', 32000, 1000, 120000, 4),
    ('cohere', true, false, true, 'embed-v4.0', 'COHERE', 'https://api.cohere.com', 128000, 96, 128000, 4),
    ('jina', true, false, true, 'jina-embeddings-v3', 'JINA', 'https://api.jina.ai/v1', 8192, 512, 100000, 4),
    -- TEI's defaults of --max-client-batch-size and --max-batch-tokens, and the usual text length of its models.
    ('tei', true, true, true, null, 'TEI', null, 512, 32, 16384, 4),
    ('local', false, false, false, 'all-MiniLM-L6-v2', 'LLAMA_CPP', 'http://localhost/local', 256, 64, 4096, 1)
$$;
