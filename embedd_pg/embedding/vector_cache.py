"""A cache of vectors of document texts. It is off unless EMBEDD_CACHE_MB sets its size.

With it, a reverted text, a text shared by many rows, or a rebuild with the same model needs no request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from embedd_pg.database.call import Database
from embedd_pg.embedding.providers.base import ItemsRefused, Vectors

Ask = Callable[[Sequence[str]], Awaitable[Vectors]]


class VectorCache:
    """Cached vectors by a hash of model and text. The text itself is not stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def vectors(self, model: bytes, texts: Sequence[str], ask: Ask) -> Vectors:
        """Return float32 of shape (len(texts), dimensions). `ask` gets each unknown text once.

        Errors of `ask` are raised, with positions among `texts`; usable vectors are cached nevertheless.
        """
        digests = {text: hashlib.blake2b(text.encode(), digest_size=16, key=model).digest() for text in texts}
        found = await self._database.rows("find_cached_vectors", p_digests=list(digests.values()))
        stored = {row["digest"]: np.frombuffer(row["vector"], "<f4") for row in found}
        known = {text: stored[digest] for text, digest in digests.items() if digest in stored}
        missing = [text for text in digests if text not in known]
        if missing:
            refused: ItemsRefused | None = None
            try:
                fresh = await ask(missing)
            except ItemsRefused as error:
                fresh, refused = error.vectors, error
            bad = {missing[position] for position in refused.positions} if refused else set()
            known |= dict(zip(missing, fresh, strict=True))
            await self._keep({digests[text]: known[text] for text in missing if text not in bad})
            if refused is not None:
                raise ItemsRefused(
                    refused.message,
                    positions=[position for position, text in enumerate(texts) if text in bad],
                    vectors=np.array([known[text] for text in texts], np.float32),
                )
        return np.array([known[text] for text in texts], np.float32)

    async def prune(self, most: int) -> None:
        """Delete the vectors unused for the longest time, until the rest takes at most `most` bytes."""
        await self._database.value("prune_cached_vectors", p_bytes=most)

    async def _keep(self, vectors: dict[bytes, Vectors]) -> None:
        if vectors:
            await self._database.value(
                "keep_cached_vectors",
                p_digests=list(vectors),
                p_vectors=[vector.astype("<f4").tobytes() for vector in vectors.values()],
            )
