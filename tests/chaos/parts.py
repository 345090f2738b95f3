"""The parts of the chaos that a round can do without: EMBEDD_WITHOUT=poolers,upgrade (make chaos WITHOUT=…)."""

from __future__ import annotations

import os

PARTS = {
    "poolers": "some workers and the API reach the database through PgBouncer, in transaction and in session mode",
    "network": "the links to database, store and provider are slow, lossy, silent, or break",
    "store": "the store is killed",
    "upgrade": "a worker of an earlier release works beside those of today's, after an upgrade under load",
    "api": "clients search over REST",
}
WITHOUT = frozenset(filter(None, os.environ.get("EMBEDD_WITHOUT", "").split(",")))
UNKNOWN = sorted(WITHOUT - PARTS.keys())
assert not UNKNOWN, f"EMBEDD_WITHOUT names {UNKNOWN}; there are {sorted(PARTS)}"


def has(part: str) -> bool:
    """Return whether rounds have this part."""
    assert part in PARTS
    return part not in WITHOUT
