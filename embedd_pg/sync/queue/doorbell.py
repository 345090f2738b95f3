"""The doorbell: whether writers should NOTIFY when they commit.

NOTIFY serialises commits, so workers request it only while changes are few. A busy worker looks again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The rate of changes a second up to which NOTIFY is requested, and the burst that is allowed.
RATE = 200.0
BURST = 20.0


@dataclass(slots=True)
class Doorbell:
    """The decision whether the next look requests NOTIFY. It affects only how soon workers wake; `now` is loop time."""

    #: Whether the next look should request NOTIFY.
    wanted: bool = True
    #: Whether NOTIFY was on since before the last look: every change that the look did not find sends a notification.
    certain: bool = False
    #: Whether the previous look requested it as well.
    _armed: bool = False
    _allowance: float = BURST
    _looked: float = 0.0

    def looked(self, events: int, *, armed: bool, now: float) -> None:
        """Record a look and its number of events. `armed`: it requested NOTIFY."""
        earned = self._allowance + (now - self._looked) * RATE
        self._allowance, self._looked = max(0.0, min(BURST, earned) - events), now
        self.certain = armed and self._armed
        self._armed = armed
        self.wanted = self._allowance > 0 or not events
