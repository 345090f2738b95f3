"""The API server, in the event loop of this process, with its limits and its own sessions on the database."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from embedd_pg.database.call import request_databases

if TYPE_CHECKING:
    import uvicorn

    from embedd_pg.clients import Clients
    from embedd_pg.settings import Settings

#: Seconds that running requests have to end when the API stops.
GRACE = 3
#: Connections that the system queues until they are accepted.
BACKLOG = 2048


async def serve_api(clients: Clients, listening: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    # Import late: both modules take a second to load, and most commands do not need them.
    from embedd_api.app import create_app
    from embedd_api.rate_limit import RateLimits

    settings = clients.settings
    async with request_databases(
        settings.database_url or "", sessions=settings.sessions, statement_timeout=settings.statement_timeout
    ) as databases:
        limits = RateLimits(databases.admission, at_once=settings.organization_requests)
        server = http_server(settings, create_app(clients.for_requests(databases.work), limits))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            server.should_exit = True
            await serving


def http_server(settings: Settings, app: Any, listens: asyncio.Event | None = None) -> uvicorn.Server:
    """Return a server for an ASGI application, with the limits of the settings. It sets `listens` when it does."""
    import uvicorn

    from embedd_pg.cli.http_protocol import ACCEPTED_AT_ONCE, GuardedProtocol, door

    class Server(uvicorn.Server):
        """uvicorn inside this process's event loop, without its signal handlers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # uvicorn uses the backlog also as the number of connections accepted at once. The queue may be longer.
            for listening in sockets or ():
                listening.listen(BACKLOG)
            if listens is not None:
                listens.set()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    proxies = settings.trusted_proxies
    config = uvicorn.Config(
        app,
        http=partial(GuardedProtocol, door=door(settings)),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config)
