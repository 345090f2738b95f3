"""Reranking: a vendor's model compares the query with each row that a search found, and orders the rows by
relevance."""

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
    """A request to rerank. `embedder` (a name or id) supplies the provider and the credentials. `model` is the
    provider's reranking model, by default its current one. `candidates` is the number of rows to rerank, `limit` to
    1000."""

    embedder: str
    model: str | None = None
    candidates: int | None = None

    async def open(self, clients: Clients, actor: Actor) -> OpenRerank:
        """Open the vendor's client. Raise EmbedderNotFound or EmbeddingProviderError."""
        embedder = Embedder.parse(await clients.database.value("load_embedder", actor, p_embedder=self.embedder))
        model = default_model(embedder.provider) if self.model is None else self.model
        return OpenRerank(clients, embedder, model, await clients.reranker(embedder))


@dataclass(frozen=True, slots=True)
class OpenRerank:
    """An open reranker: the vendor's client with the credentials of one embedder, and one model."""

    clients: Clients
    embedder: Embedder
    model: str
    reranker: Reranker

    async def best(self, generation: Generation, query: str, hits: list[Hit], limit: int) -> list[Hit]:
        """Return the most relevant hits, best first, with the relevance as score. Raise EmbeddingProviderError when the
        vendor fails: returning the order of the search instead would hide the failure."""
        if not hits:
            return []
        texts = [hit.passage or hit.text for hit in hits]
        scores, tokens = await self.reranker.rerank(self.model, query, texts)
        tokens = sum(map(estimate_tokens, [query, *texts])) if tokens is None else tokens
        self.clients.usage.add_rerank(generation.id, self.embedder.id, self.model, tokens)
        rescored = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return sorted(rescored, key=lambda hit: hit.score, reverse=True)[:limit]
