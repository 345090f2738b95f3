"""The mark in the outbox: where the next look starts.

Deleted rows slow down a scan as long as some snapshot can still see them, so scans from the beginning get slower and
slower while a transaction holds an old snapshot. Ids do not commit in order. The part below an id is therefore settled
only when every transaction that was running when a scan reached the id has ended, and another scan has passed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from embedd_pg.sync.queue.ledger import FROM_THE_BEGINNING


class OutboxWindow(Protocol):
    """The result of one look into an outbox, local or remote."""

    @property
    def events(self) -> int: ...
    @property
    def last_id(self) -> int | None: ...
    @property
    def oldest(self) -> int: ...
    @property
    def newest(self) -> int: ...


@dataclass(slots=True)
class OutboxMark:
    """The position where the next look starts. The mark only saves work; `now` is loop time."""

    page: int
    start: int = 0
    #: No event is left below this id.
    _settled: int = 0
    #: (id, transaction): no event is left below the id once all transactions before that one have ended.
    _reached: tuple[int, int] | None = None
    _begun: float = 0.0

    def looked(self, look: OutboxWindow, now: float) -> None:
        """Record a look that began at `start`."""
        if look.last_id is None:
            return  # another worker was taking events
        if look.events >= self.page:
            # Continue after the page without moving the mark: the part before it has not been scanned completely.
            self.start = look.last_id + 1
            return
        if self.start <= self._settled and self._reached is not None and look.oldest >= self._reached[1]:
            self._settled, self._reached = self._reached[0], None
        if self._reached is None and look.last_id >= self._settled:
            self._reached = (look.last_id + 1, look.newest)
        if now - self._begun > FROM_THE_BEGINNING:
            self._begun, self.start = now, 0
        else:
            self.start = self._settled

    @property
    def more(self) -> bool:
        """Whether the last look ended with a full page."""
        return self.start > self._settled
