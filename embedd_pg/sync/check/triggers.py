"""The audit of the triggers: what they cannot notice is looked for each minute (sync protocol, section 7)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from embedd_pg.database.call import Database
from embedd_pg.errors import EmbeddError

log = structlog.get_logger(__name__)


async def audit(database: Database, interval: float) -> None:
    """Look at the captures that no worker has looked at for `interval` seconds, each in a transaction of its own: one
    whose table is locked keeps nobody from the others."""
    due = await database.rows("captures_to_audit", p_interval=timedelta(seconds=interval))
    for row in due:
        capture = row["captures_to_audit"]
        try:
            found = await database.rows("audit_capture", p_capture_id=capture)
        except EmbeddError as error:
            log.warning("audit left for later", capture=capture, error=error.message)
            continue
        for finding in found:
            log.warning("changes of rows may have been missed", capture=capture, found=finding["audit_capture"])
