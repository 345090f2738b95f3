"""Log lines for a failure that repeats: one when it begins, further ones with a count, and one when it is over."""

from __future__ import annotations

from typing import Any

import structlog

from embedd_pg.errors import EmbeddError

log = structlog.get_logger(__name__)

#: The longest pause between two tries, in seconds.
LONGEST = 4.0


class Complaint:
    """The log lines of a failure that repeats, and the pauses between the tries. `fields` say where it happens."""

    def __init__(self, event: str, **fields: Any) -> None:
        self._event = event
        self._fields = fields
        self._count = 0
        self.error: EmbeddError | None = None

    def failed(self, error: EmbeddError) -> float:
        """Record a failure. Return the seconds to pause, more after each failure in a row."""
        if self.error is None or self.error.message != error.message:
            self._count = 0
        self.error = error
        self._count += 1
        # Counts that are a power of two are logged: the second, the fourth, the eighth, …
        if self._count & (self._count - 1) == 0:
            log.warning(self._event, error=error.message, advice=error.resolution, times=self._count, **self._fields)
        return min(LONGEST, 0.5 * (1 << min(self._count, 10)))

    def over(self) -> None:
        """Record a success."""
        if self.error is not None:
            log.info(f"{self._event}_over", times=self._count, **self._fields)
            self.error, self._count = None, 0
