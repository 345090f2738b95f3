"""The estimated cost of a backfill, from a sample of rows composed into texts as a worker does it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.generation import parse_generation
from embedd_pg.sync.row.passages import cut
from embedd_pg.sync.row.text import compose

#: Rows in the sample.
SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class BackfillEstimate:
    """Rows of the source, tokens of all their texts at four characters a token, US dollars (None: price unknown).

    Rows whose text is already in the store cost nothing, so the estimate is an upper bound.
    """

    model: str
    rows: int
    tokens: int
    cost_usd: Decimal | None


async def estimate(clients: Clients, vector_table: str, *, actor: Actor | None = None) -> BackfillEstimate:
    """Return the estimate for a vector table. Raise VectorTableNotFound, SourceUnreachable or SourceChanged."""
    found = await clients.database.value("get_active_generation", actor or Actor(), vector_table=vector_table)
    generation = parse_generation(found)
    source = await clients.source(generation)
    rows = await source.count()
    sample = await source.sample(min(1.0, SAMPLE / max(rows, 1)), SAMPLE)
    fingerprint, max_tokens = generation.fingerprint(), generation.max_row_tokens()
    texts = [
        compose(generation.source.layout, row, fingerprint=fingerprint, max_tokens=max_tokens).text
        for row in sample.values()
    ]
    sizes = [sum(map(estimate_tokens, row.texts)) for row in await cut(generation, texts)]
    tokens = round(rows * sum(sizes) / len(sizes)) if sizes else 0
    price: Decimal | None = await clients.database.value(
        "get_price", p_provider=generation.embedding.provider, p_model=generation.embedding.model
    )
    return BackfillEstimate(
        generation.embedding.model, rows, tokens, None if price is None else price * tokens / 1_000_000
    )
