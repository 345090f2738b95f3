"""Whether writers are to ring when they commit. A NOTIFY makes commits queue up behind each other, so they are asked to
only while changes are few; a worker that is kept busy looks again by itself."""

from __future__ import annotations

from dataclasses import dataclass

#: Changes a second that may ring, and how many of them at once.
RATE = 200.0
BURST = 20.0


@dataclass(slots=True)
class Doorbell:
    """What to ask of the next look. Nothing rests on it but how soon the worker wakes up; `now` is the loop's time."""

    #: Whether the next look should have writers ring from then on.
    wanted: bool = True
    #: Whether writers ring since before the last look: what it did not find will be heard.
    certain: bool = False
    #: Whether the look before asked as well.
    _armed: bool = False
    _allowance: float = BURST
    _looked: float = 0.0

    def looked(self, events: int, *, armed: bool, now: float) -> None:
        """Take account of a look that found so many events; `armed`: it asked writers to ring."""
        earned = self._allowance + (now - self._looked) * RATE
        self._allowance, self._looked = max(0.0, min(BURST, earned) - events), now
        self.certain = armed and self._armed
        self._armed = armed
        self.wanted = self._allowance > 0 or not events
