"""The comparison of store and source: every row is composed again and compared with the store and the ledger."""

from __future__ import annotations

from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.generation import Generation, parse_generation
from embedd_pg.stores.base import Mark, Store, storable_metadata
from embedd_pg.sync.row.passages import passages
from embedd_pg.sync.row.text import Document, compose
from tests.support.vendor_stub import vector_of


async def active(clients: Clients, vector_table: str) -> Generation:
    return parse_generation(await clients.database.value("get_active_generation", vector_table=vector_table))


async def difference(clients: Clients, vector_table: str) -> list[str]:
    """Return how every source row differs from the store's mark, metadata, text and vector, and from the ledger's
    record of the store."""
    generation = await active(clients, vector_table)
    store = await clients.store(generation)
    expected = await expected_documents(clients, generation)
    marks = {key: mark async for page in store.scan(generation.store.table) for key, mark in page}
    found = [f"orphaned {key}" for key, mark in marks.items() if not mark.dead and key not in expected]
    for key, document in expected.items():
        mark = marks.get(key)
        if mark is None or mark.dead:
            found.append(f"missing {key}")
        elif (mark.text_hash, mark.metadata_hash) != (document.text_hash, document.metadata_hash):
            found.append(f"stale {key}")
    found += await _shown_otherwise(clients, store, generation, expected)
    return sorted(found + await _believed_otherwise(clients, generation, marks))


async def expected_documents(clients: Clients, generation: Generation) -> dict[str, Document]:
    source = await clients.source(generation)
    found: dict[str, Document] = {}
    after: str | None = None
    while keys := await source.page_keys(after, 2000):
        after = keys[-1]
        for key, row in (await source.read(keys)).items():
            bound = generation.max_row_tokens()
            found[key] = compose(generation.source.layout, row, fingerprint=generation.fingerprint(), max_tokens=bound)
    return found


async def _shown_otherwise(
    clients: Clients, store: Store, generation: Generation, expected: dict[str, Document]
) -> list[str]:
    """Return rows that a search for their own text, or for one of their passages, does not find unchanged. With many
    rows, only every n-th is searched for. Very many short vectors are too similar for an approximate index."""
    table = generation.store.table
    with_text = {key: document for key, document in expected.items() if document.text and len(expected) <= 1000}
    found = []
    # Several rows may have the same passages.
    limit = 100 if table.chunked else 5
    for key in list(with_text)[:: max(1, len(with_text) // 40)]:
        document = with_text[key]
        for text in passages(generation, document.text).texts:
            vector = await _vector(clients, generation, text)
            hits = await store.search(table, vector, limit=limit)
            hit = next((hit for hit in hits if hit.text == document.text), None)
            if hit is None or hit.score < 0.999 or hit.passage not in (None, text):
                found.append(f"not found by its text {key}")
            elif hit.key == key and dict(hit.metadata) != storable_metadata(table, document.metadata):
                found.append(f"metadata differ {key}")
    return found


async def _vector(clients: Clients, generation: Generation, text: str) -> Any:
    """Return the vector of a text. The stub's vectors are computed without a request, so that the stub counts only the
    worker's texts."""
    if generation.embedding.provider == "local":
        return (await (await clients.provider(generation.embedder)).embed([text], "document")).vectors[0]
    return vector_of(text, generation.embedding.dimensions)


async def _believed_otherwise(clients: Clients, generation: Generation, marks: dict[str, Mark]) -> list[str]:
    async with clients.database._pool.connection() as session:
        cursor = await session.execute(
            "select key, token, text_hash, metadata_hash from embedd.row_states where generation_id = %s",
            [generation.id],
        )
        rows = await cursor.fetchall()
    found = []
    for row in rows:
        mark = marks.get(row["key"])
        held = None if mark is None or mark.dead else (mark.token, mark.text_hash, mark.metadata_hash)
        if held != (row["token"], row["text_hash"], row["metadata_hash"]):
            found.append(f"believed to be otherwise {row['key']}")
    return found
