"""Where to begin looking into the outbox.

Rows that are gone stay in the way of a scan for as long as anybody's snapshot could see them, so a scan from the
beginning gets slower and slower while somebody holds one. Ids do not commit in order, so what lies behind a place is
settled only when every transaction that was under way when it was reached has ended, and a scan has been there since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from embedd_pg.sync.queue.ledger import FROM_THE_BEGINNING


class Look(Protocol):
    """What one look into an outbox found: here or, as a page, elsewhere."""

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
    """Says where the next look starts. A mark only saves work; `now` is the loop's time."""

    page: int
    start: int = 0
    #: Below this id nothing is left.
    _settled: int = 0
    #: (id, transaction): below the id nothing is left once all transactions before that one have ended.
    _reached: tuple[int, int] | None = None
    _begun: float = 0.0

    def looked(self, look: Look, now: float) -> None:
        """Take account of a look that began at `start`."""
        if look.last_id is None:
            return  # another worker was at it
        if look.events >= self.page:
            # Go on behind it, without moving the mark: what is before it has not been seen whole.
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
        """Whether the last look ended at a full page."""
        return self.start > self._settled
