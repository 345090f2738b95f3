"""The examination: all checks in a sensible order. A check that fails does not prevent the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from embedd_pg.errors import EmbeddError
from embedd_pg.operate.doctor import capture, outside, rights, server, versions
from embedd_pg.operate.doctor.finding import Finding, Surroundings, wrong

Check = Callable[[Surroundings], Awaitable[list[Finding]]]

#: Checks by name: those of any database, and those that need embedd's schema.
OF_ANY: dict[str, Check] = {
    "server": versions.server,
    "schema": versions.schema,
    "pooling": capture.pooling,
    "replication": server.replication,
    "sessions": server.sessions,
    "snapshots": server.snapshots,
}
OF_OURS: dict[str, Check] = {
    "rights": rights.rights,
    "source tables": rights.sources,
    "pgvector": versions.pgvector,
    "instance": versions.instance,
    "triggers": capture.triggers,
    "wake-up": capture.wake_up,
    "prepared transactions": capture.prepared,
    "vacuum": server.vacuum,
    "disk": server.disk,
    "store": outside.store,
    "credentials": outside.credentials,
    "encryption": outside.encryption,
    "health": server.health,
}


async def examine(here: Surroundings) -> AsyncIterator[tuple[str, Finding]]:
    """Yield the findings of each check, with its name."""
    ours = await here.database.value("select to_regnamespace('embedd') is not null")
    for name, check in (OF_ANY | OF_OURS if ours else OF_ANY).items():
        try:
            for finding in await check(here):
                yield name, finding
        except EmbeddError as error:
            yield name, wrong(f"It could not be checked. {error.message}", error.resolution)
