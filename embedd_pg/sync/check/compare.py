"""Compares rows of a source table with what the store holds of them, by the store's own marks.

A difference seen here may be a change that is under way; `verify` tells the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from embedd_pg.errors import SourceChanged
from embedd_pg.generation import Generation
from embedd_pg.sources.table import RowUnreadable, SourceRow, SourceTable
from embedd_pg.stores.base import Mark, Store
from embedd_pg.sync.row.text import compose

#: A page holds at most so many rows, and about so many bytes to embed: memory is bounded whatever the table's size.
PAGE_ROWS = 1_000
PAGE_BYTES = 8_000_000


class Kind(StrEnum):
    """How the store can differ from the source in one row."""

    MISSING = "missing"
    STALE = "stale"
    ORPHANED = "orphaned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs; `source_hash` is that of the row as read, where the source is polled."""

    kind: Kind
    source_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that were compared: how many, up to which key, and those that differ."""

    last: str
    rows: int
    differences: dict[str, Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One source table beside one generation."""

    generation: Generation
    source: SourceTable
    store: Store

    async def page(self, after: str | None) -> Page | None:
        """The next rows in the order of the key; None: there are no more."""
        last = await self.source.range_end(after, PAGE_ROWS, PAGE_BYTES)
        if last is None:
            return None
        try:
            rows = await self.source.read_range(after, last)
        except (SourceChanged, RowUnreadable):
            keys = await self.source.page_keys(after, PAGE_ROWS)
            last = keys[-1] if keys else last
            return Page(last, len(keys), await self.differences(keys))
        marks = await self.store.marks(self.generation.store.table, list(rows))
        return Page(last, len(rows), self._differing(list(rows), rows, marks))

    async def differences(self, keys: Sequence[str]) -> dict[str, Difference]:
        """Those of the keys that differ."""
        marks = await self.store.marks(self.generation.store.table, keys)
        rows, unreadable = await self.source.read_each(keys)
        found = self._differing([key for key in keys if key not in unreadable], rows, marks)
        return found | {key: Difference(Kind.UNREADABLE) for key in keys if key in unreadable}

    async def orphans(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that the source does not have."""
        there = await self.source.existing(keys)
        return [key for key in keys if key not in there]

    def _differing(
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
