"""The capture check: each minute, look for damage that triggers cannot report (sync protocol, section 7)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError

log = structlog.get_logger(__name__)


async def check_captures(database: Database, interval: float) -> None:
    """Check the captures that no worker has checked for `interval` seconds.

    Each check is its own transaction, so that a locked table does not hold up the others.
    """
    due = await database.rows("captures_to_audit", p_interval=timedelta(seconds=interval))
    for row in due:
        capture = row["captures_to_audit"]
        try:
            found = await database.rows("audit_capture", p_capture_id=capture)
        except EmbeddError as error:
            log.warning("capture_check_failed", capture=capture, error=error.message)
            continue
        for finding in found:
            log.warning("changes_possibly_missed", capture=capture, found=finding["audit_capture"])
