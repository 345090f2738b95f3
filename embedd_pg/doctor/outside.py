"""What is outside the database: the managed store, and where credentials are kept. No secret is ever told."""

from __future__ import annotations

from embedd_pg.credentials import resolve_reference
from embedd_pg.doctor.finding import Finding, Look, ok, wrong
from embedd_pg.errors import EmbeddError, StoreBusyElsewhere


async def store(look: Look) -> list[Finding]:
    settings = look.settings
    wanted = await look.database.value("select exists (select from embedd.generations where store = 'qdrant')")
    if not (settings.qdrant_url or settings.data_dir):
        if not wanted:
            return [ok("No vector table needs the managed store, and none is set.")]
        return [
            wrong(
                "Vector tables of mode managed have no store here.",
                "Set EMBEDD_QDRANT_URL to a Qdrant server, or EMBEDD_DATA_DIR for local mode.",
            )
        ]
    if not settings.qdrant_url and not wanted:
        return [ok("No vector table needs the managed store.")]
    try:
        await (await look.clients.qdrant()).ping()
    except StoreBusyElsewhere:
        return [ok("The local store is open in another process.")]
    except EmbeddError as error:
        return [wrong(error.message, error.resolution)]
    return [ok("The managed store answers.")]


async def credentials(look: Look) -> list[Finding]:
    """Whether they could be had: those named by a reference on this machine, and the key that opens stored ones."""
    rows = await look.database.rows("select name, secret_ref, stored from embedd.list_credentials()")
    found: list[Finding] = []
    for row in rows:
        if row["secret_ref"]:
            try:
                resolve_reference(row["secret_ref"])
            except EmbeddError as error:
                found.append(wrong(f"Embedder {row['name']}: {error.message}", error.resolution))
    if any(row["stored"] for row in rows):
        try:
            look.clients.secrets()
        except EmbeddError as error:
            found.append(wrong(f"Stored credentials cannot be opened: {error.message}", error.resolution))
    return found or [ok("All credentials can be had.")]
