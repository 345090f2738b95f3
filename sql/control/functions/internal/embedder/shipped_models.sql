-- Return the models this version ships with; seed_models() writes them to embedd.models. size_fixed marks models of
-- Embedd's guide, which at their vendor are used only in their default size. The sources are pages of the vendors'
-- documentation, named below; a value is null if no such page or price list confirmed it. A successor without
-- retired_on: the vendor calls the model an older one.
create or replace function embedd_internal.shipped_models()
returns table (provider text, model text, kind text, dimensions int, sizes int4multirange, size_fixed boolean,
               max_text_tokens int, max_items int, max_tokens int, usd_per_million numeric, retired_on date,
               successor text)
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  with embedding (provider, model, dimensions, sizes, size_fixed, max_text_tokens, max_items, max_tokens, usd,
                  retired_on, successor) as (values
    -- OpenAI: "Embeddings", "New embedding models and API updates".
    ('openai', 'text-embedding-3-small', 1536, '1-1536', true, 8192, 2048, 300000, 0.02, null::date, null),
    ('openai', 'text-embedding-3-large', 3072, '1-3072', true, 8192, 2048, 300000, 0.13, null, null),
    ('openai', 'text-embedding-ada-002', 1536, '1536', true, 8192, 2048, 300000, 0.10, null, 'text-embedding-3-small'),

    -- Google: "Embeddings", "Gemini Embedding 2", "Gemini deprecations". text-embedding-005 is served by Vertex AI.
    -- No page confirmed a price of gemini-embedding-2.
    ('gemini', 'gemini-embedding-001', 3072, '128-3072', true, 2048, 100, 204800, 0.15, null, null),
    ('gemini', 'gemini-embedding-2', 3072, '128-3072', false, 8192, 100, 204800, null, null, null),
    ('gemini', 'gemini-embedding-2-preview', 3072, '128-3072', false, 8192, 100, 204800, null,
      null, 'gemini-embedding-2'),
    ('gemini', 'text-embedding-005', 768, '1-768', true, 2048, 100, 204800, null, null, null),
    ('gemini', 'text-embedding-004', 768, '1-768', true, 2048, 100, 204800, null, '2026-01-14', 'gemini-embedding-001'),

    -- Voyage AI: "Text Embeddings", "Text embedding models". Prices of the fourth generation are those of gateways.
    -- voyage-context-3 needs its own protocol, so it is not listed.
    ('voyage', 'voyage-4-large', 1024, '256 512 1024 2048', false, 32000, 1000, 120000, 0.12, null, null),
    ('voyage', 'voyage-4', 1024, '256 512 1024 2048', false, 32000, 1000, 320000, 0.06, null, null),
    ('voyage', 'voyage-4-lite', 1024, '256 512 1024 2048', false, 32000, 1000, 1000000, 0.02, null, null),
    ('voyage', 'voyage-3.5', 1024, '256 512 1024 2048', true, 32000, 1000, 320000, 0.06, null, null),
    ('voyage', 'voyage-3.5-lite', 512, '256 512 1024 2048', true, 32000, 1000, 1000000, 0.02, null, null),
    ('voyage', 'voyage-3-large', 1024, '256 512 1024 2048', true, 32000, 1000, 120000, 0.18, null, null),
    ('voyage', 'voyage-3-lite', 512, '512', true, 32000, 1000, 120000, 0.02, null, null),
    ('voyage', 'voyage-code-3', 1024, '256 512 1024 2048', true, 32000, 1000, 120000, 0.18, null, null),
    ('voyage', 'voyage-finance-2', 1024, '1024', false, 32000, 1000, 120000, null, null, null),
    ('voyage', 'voyage-law-2', 1024, '1024', false, 16000, 1000, 120000, null, null, null),

    -- Cohere: "Cohere's Embed Models", "Rate limits".
    ('cohere', 'embed-v4.0', 1536, '256 512 1024 1536', false, 128000, 96, 128000, 0.12, null, null),
    ('cohere', 'embed-english-v3.0', 1024, '1024', false, 512, 96, 49152, 0.10, null, null),
    ('cohere', 'embed-multilingual-v3.0', 1024, '1024', false, 512, 96, 49152, 0.10, null, null),
    ('cohere', 'embed-english-light-v3.0', 384, '384', false, 512, 96, 49152, null, null, null),
    ('cohere', 'embed-multilingual-light-v3.0', 384, '384', false, 512, 96, 49152, null, null, null),

    -- Jina AI: "jina-embeddings-v5-text", "Embedding API". Pages say 8,192 or 32,768 tokens for v5-text-nano.
    ('jina', 'jina-embeddings-v5-text-small', 1024, '32 64 128 256 512 768 1024', false, 32768, 512, 100000,
      null, null, null),
    ('jina', 'jina-embeddings-v5-text-nano', 768, '32 64 128 256 512 768', false, 8192, 512, 100000, null, null, null),
    ('jina', 'jina-embeddings-v4', 2048, '128 256 512 1024 2048', false, 8192, 512, 100000, null, null, null),
    ('jina', 'jina-embeddings-v3', 1024, '1-1024', false, 8192, 512, 100000, null, null, null),
    ('jina', 'jina-embeddings-v2-base-en', 768, '768', false, 8192, 512, 100000, null, null, null),

    ('local', 'all-MiniLM-L6-v2', 384, '384', true, 256, 64, 4096, 0, null, null)
  ), rerank (provider, model, max_text_tokens) as (values
    -- Vendors bill these by tokens or by searches; set_price() gives the price of a million tokens.
    ('voyage', 'rerank-2.5', 32000), ('voyage', 'rerank-2.5-lite', 32000), ('cohere', 'rerank-v4.0-pro', 32768),
    ('jina', 'jina-reranker-v3', null)
  )
  select e.provider, e.model, 'embedding', e.dimensions, embedd_internal.read_sizes(e.sizes), e.size_fixed,
         e.max_text_tokens, e.max_items, e.max_tokens, e.usd, e.retired_on, e.successor
    from embedding e
  union all
  select r.provider, r.model, 'rerank', null, null, false, r.max_text_tokens, null, null, null, null, null
    from rerank r
$$;
