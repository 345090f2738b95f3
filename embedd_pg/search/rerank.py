"""Rerank: a vendor's model reads the query with each of the rows a search found, and orders them anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.embedding.rerankers import default_model
from embedd_pg.embedding.rerankers.base import Reranker
from embedd_pg.generation import Generation
from embedd_pg.stores.base import Hit


@dataclass(frozen=True, slots=True)
class Rerank:
    """What to rerank with: an embedder by name or id, for its provider and credentials; the provider's model, its
    current one when None; how many rows of the search are read, `limit` to 1000."""

    embedder: str
    model: str | None = None
    candidates: int | None = None

    async def opened(self, clients: Clients, actor: Actor) -> OpenRerank:
        """The vendor, ready to be asked. Raises EmbedderNotFound or EmbeddingProviderError."""
        embedder = Embedder.parse(await clients.database.value("load_embedder", actor, p_embedder=self.embedder))
        model = default_model(embedder.provider) if self.model is None else self.model
        return OpenRerank(clients, embedder, model, await clients.reranker(embedder))


@dataclass(frozen=True, slots=True)
class OpenRerank:
    """One vendor, with one embedder's credentials and one model."""

    clients: Clients
    embedder: Embedder
    model: str
    reranker: Reranker

    async def best(self, generation: Generation, query: str, hits: list[Hit], limit: int) -> list[Hit]:
        """The most relevant hits, best first; their score is the relevance. What the vendor refuses is an
        EmbeddingProviderError, so nobody takes the order of the search for the reranker's."""
        if not hits:
            return []
        texts = [hit.passage or hit.text for hit in hits]
        scores, tokens = await self.reranker.rerank(self.model, query, texts)
        tokens = sum(map(estimate_tokens, [query, *texts])) if tokens is None else tokens
        self.clients.usage.add_rerank(generation.id, self.embedder.id, self.model, tokens)
        rescored = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return sorted(rescored, key=lambda hit: hit.score, reverse=True)[:limit]
