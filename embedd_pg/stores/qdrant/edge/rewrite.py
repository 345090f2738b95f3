"""A new shard that replaces an old one while that is read and written.

The engine returns the space of replaced points in no other way: its own `optimize()` answers nothing for minutes.
Points are copied page by page between requests. A write meanwhile goes to the old shard, and the points it concerns are
then copied as they are there. When all points are copied, the new shard takes the place of the old one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import qdrant_edge as edge

#: Points copied at once. A point with many passages can have a hundred kilobytes.
PAGE = 16
#: The seconds for which requests wait while pages are copied.
STEP = 0.01


class Rewrite:
    """A copy under way from one shard to another. The new one has its indexes, but no points."""

    def __init__(self, old: edge.EdgeShard, new: edge.EdgeShard) -> None:
        self.new = new
        self._old = old
        self._offset: Any = None

    def step(self) -> bool:
        """Copy pages for a short time, and return whether all points are copied."""
        end = time.monotonic() + STEP
        while time.monotonic() < end:
            request = edge.ScrollRequest(offset=self._offset, limit=PAGE, with_payload=True, with_vector=True)
            records, self._offset = self._old.scroll(request)
            self._put(records)
            if self._offset is None:
                return True
        return False

    def bring_over(self, ids: Sequence[Any]) -> None:
        """Make points in the new shard equal to those in the old one."""
        records = self._old.retrieve(list(ids), True, True)
        present = {str(record.id) for record in records}
        if gone := [one for one in ids if str(one) not in present]:
            self.new.update(edge.UpdateOperation.delete_points(gone))
        self._put(records)

    def _put(self, records: Sequence[Any]) -> None:
        if points := [edge.Point(record.id, record.vector or {}, record.payload) for record in records]:
            self.new.update(edge.UpdateOperation.upsert_points(points))
