"""Key ranges in the ledger: a first backfill leases these instead of one job per key (sync protocol, section 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from embedd_pg.database.call import Database, Session
from embedd_pg.stores.base import Point


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A leased range: keys above `after` (None: from the start) up to `last`. `crashes` counts leases that ran out."""

    id: int
    token: int
    after: str | None
    last: str
    crashes: int


class Ranges:
    """The ranges of all generations, accessed through SQL functions. Each call is one short transaction."""

    def __init__(self, database: Database, *, worker: str, lease: float) -> None:
        self._database = database
        self._worker = worker
        self._lease = timedelta(seconds=lease)

    def on(self, session: Session) -> Ranges:
        """Return the same ranges in the transaction of `session`."""
        return Ranges(session, worker=self._worker, lease=self._lease.total_seconds())

    async def claim(self, generation_id: int) -> KeyRange | None:
        """Lease the next range that is due; return None if another worker was faster."""
        row = await self._database.row(
            "claim_range", p_generation_id=generation_id, p_worker=self._worker, p_lease=self._lease
        )
        return KeyRange(row["id"], row["token"], row["after_key"], row["last_key"], row["crashes"]) if row else None

    async def extend(self, claimed: KeyRange) -> bool:
        """Renew the lease; return False if it is lost."""
        return bool(
            await self._database.value("extend_range", p_range=claimed.id, p_token=claimed.token, p_lease=self._lease)
        )

    async def met(self, generation_id: int, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that other attempts have handled or will handle."""
        found = await self._database.rows("met_keys", p_generation_id=generation_id, p_keys=list(keys))
        return {row["met_keys"] for row in found}

    async def hold(self, claimed: KeyRange) -> bool:
        """Lock the range for the transaction that writes its rows; return False if the lease is lost."""
        return bool(await self._database.value("hold_range", p_range=claimed.id, p_token=claimed.token))

    async def finish(self, claimed: KeyRange, written: Sequence[Point], later: Sequence[str], rows: int) -> None:
        """Record the rows written and the keys left to ordinary jobs, in the transaction that wrote the rows."""
        await self._database.value(
            "finish_range",
            p_range=claimed.id,
            p_token=claimed.token,
            p_keys=[point.key for point in written],
            p_text_hashes=[point.text_hash for point in written],
            p_metadata_hashes=[point.metadata_hash for point in written],
            p_later=list(later),
            p_rows=rows,
        )

    async def release(self, claimed: KeyRange, *, delay: float, error_class: str, error: str) -> None:
        """Release the range, to be tried again later."""
        await self._database.value(
            "release_range",
            p_range=claimed.id,
            p_token=claimed.token,
            p_delay=timedelta(seconds=delay),
            p_error_class=error_class,
            p_error=error,
        )

    async def dissolve(self, claimed: KeyRange, keys: Sequence[str]) -> bool:
        """Turn the range into ordinary jobs; return False if the lease is lost."""
        return bool(
            await self._database.value("dissolve_range", p_range=claimed.id, p_token=claimed.token, p_keys=list(keys))
        )
