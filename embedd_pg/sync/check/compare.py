"""Comparison of rows of a source table with the store's own marks of them.

A difference found here may be a change that is still being synced; `verify` distinguishes the two cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from embedd_pg.errors import SourceChanged
from embedd_pg.generation import Generation
from embedd_pg.sources.table import SourceRow, SourceTable
from embedd_pg.stores.base import Mark, Store
from embedd_pg.sync.row.text import compose

#: Largest page in rows and, roughly, in bytes of text to embed. They bound the memory used for a table of any size.
PAGE_ROWS = 1_000
PAGE_BYTES = 8_000_000


class Kind(StrEnum):
    """Kinds of difference between the store and one row of the source."""

    MISSING = "missing"
    STALE = "stale"
    ORPHANED = "orphaned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that differs. `source_hash` is the hash of the row as read, if the source is polled."""

    kind: Kind
    source_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page of compared rows: the last key, the number of rows, and the rows that differ."""

    last: str
    rows: int
    differences: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A source table and the generation that is compared with it."""

    generation: Generation
    source: SourceTable
    store: Store

    async def page(self, after: str | None) -> ComparedPage | None:
        """Compare the next rows in key order, or return None if there are no more."""
        last = await self.source.range_end(after, PAGE_ROWS, PAGE_BYTES)
        if last is None:
            return None
        try:
            rows = await self.source.read_range(after, last)
        except SourceChanged:
            keys = await self.source.page_keys(after, PAGE_ROWS)
            last = keys[-1] if keys else last
            return ComparedPage(last, len(keys), await self.differences(keys))
        marks = await self.store.marks(self.generation.store.table, list(rows))
        return ComparedPage(last, len(rows), self._find_differences(list(rows), rows, marks))

    async def differences(self, keys: Sequence[str]) -> dict[str, Difference]:
        """Return the differences among these keys."""
        marks = await self.store.marks(self.generation.store.table, keys)
        rows, unreadable = await self.source.read_each(keys)
        found = self._find_differences([key for key in keys if key not in unreadable], rows, marks)
        return found | {key: Difference(Kind.UNREADABLE) for key in keys if key in unreadable}

    async def orphans(self, keys: Sequence[str]) -> list[str]:
        """Return those of the keys that do not exist in the source."""
        there = await self.source.existing(keys)
        return [key for key in keys if key not in there]

    def _find_differences(
        self, keys: Sequence[str], rows: Mapping[str, SourceRow], marks: Mapping[str, Mark]
    ) -> dict[str, Difference]:
        g = self.generation
        fingerprint = g.fingerprint()
        bound = g.max_row_tokens()
        found = {}
        for key in keys:
            row, mark = rows.get(key), marks.get(key)
            held = None if mark is None or mark.dead else (mark.text_hash or "", mark.metadata_hash)
            if row is None:
                if held is not None:
                    found[key] = Difference(Kind.ORPHANED)
                continue
            document = compose(g.source.layout, row, fingerprint=fingerprint, max_tokens=bound)
            if held is None:
                found[key] = Difference(Kind.MISSING, row.hash)
            elif held != (document.text_hash, document.metadata_hash):
                found[key] = Difference(Kind.STALE, row.hash)
        return found
