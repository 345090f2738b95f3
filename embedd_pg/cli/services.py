"""The services of a process, API and worker: started, watched and stopped in one event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from embedd_pg.cli.api_server import serve_api
from embedd_pg.cli.loading import begin_loading
from embedd_pg.cli.operator_server import Check, operator_server
from embedd_pg.database import transit
from embedd_pg.database.powers import refuse_excess
from embedd_pg.errors import ConfigurationError, EmbeddError

if TYPE_CHECKING:
    from embedd_pg.clients import Clients
    from embedd_pg.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds that the worker may take to finish its batch. The API takes less for its requests.
WORKER_GRACE = 6.0


class ServiceEnded(EmbeddError):
    """A part of embedd ended unexpectedly."""

    code = "service_ended"
    resolution = "The log above has the cause. Start it again; no committed change is lost."


async def until(stop: asyncio.Event, services: list[asyncio.Task[None]]) -> None:
    """Wait until `stop` is set. Raise the error of a service that ends before."""
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({stopped, *services}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    if not stop.is_set():
        await _raise_ended(services)


@contextmanager
def bind(
    host: str, port: int, *, what: str = "The API", setting: str = "--port or EMBEDD_PORT"
) -> Iterator[socket.socket]:
    """Bind a listening socket. This is done before any slow step, so that a port in use is reported at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"{what} cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}.",
                resolution=f"Choose another port with {setting}; 0 takes any free one.",
            ) from error
        yield listening


def address(host: str, listening: socket.socket) -> str:
    """Return the API's URL as seen from this machine."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{listening.getsockname()[1]}"


@asynccontextmanager
async def run_services(
    clients: Clients,
    listening: socket.socket | None = None,
    *,
    worker: Clients | None = None,
    drain: bool = False,
    every: timedelta | None = None,
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run the API (given a socket) and the worker (given its clients) as tasks.

    They are ready inside the block, and stopped after it. All services start in this function, which refuses to start
    one with a superuser's powers. With EMBEDD_OPERATOR_PORT, the operator's endpoints are served meanwhile.
    """
    from embedd_pg.operate import rotation  # late, because its code loads while the database is asked

    for sentence in transit.of_settings(clients.settings):
        log.warning("secret_unprotected_in_transit", message=sentence)
    stop, tasks = asyncio.Event(), list[asyncio.Task[None]]()
    checks: dict[str, Check] = {"services": _starting}
    async with AsyncExitStack() as stack:
        endpoints = _operator_socket(clients.settings, stack)
        await asyncio.gather(
            rotation.require_key(clients),
            *(
                refuse_excess(used.settings.database_url or "", allowed=used.settings.allow_superuser)
                for used in {clients, worker or clients}
            ),
        )
        if endpoints is not None:
            at = address(clients.settings.operator_host, endpoints)
            await stack.enter_async_context(operator_server(clients, endpoints, at, checks))
        try:
            if worker is not None:
                tasks.append(await _start_worker(worker, stop, checks, drain=drain, every=every))
            if listening is not None:
                tasks.append(asyncio.create_task(serve_api(clients, listening, stop), name="api"))
                await _until_healthy(address(clients.settings.host, listening), tasks)
            del checks["services"]
            yield tasks
        finally:
            stop.set()
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=WORKER_GRACE)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)


async def _starting() -> str | None:
    return "The process starts."


def _operator_socket(settings: Settings, stack: AsyncExitStack) -> socket.socket | None:
    """Bind the socket of the operator's endpoints, if the settings name their port."""
    if settings.operator_port is None:
        return None
    host = settings.operator_host
    return stack.enter_context(
        bind(host, settings.operator_port, what="The operator's server", setting="EMBEDD_OPERATOR_PORT")
    )


async def _start_worker(
    clients: Clients, stop: asyncio.Event, checks: dict[str, Check], *, drain: bool, every: timedelta | None
) -> asyncio.Task[None]:
    await begin_loading("embedd_pg.sync.worker")
    from embedd_pg.sync.worker import Worker

    made = Worker(clients)
    task = asyncio.create_task(made.run(stop, drain=drain, every=every), name="worker")
    started = asyncio.create_task(made.started.wait())
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    started.cancel()
    if not made.started.is_set():
        await _raise_ended([task])
    checks["worker"] = made.check
    return task


async def _until_healthy(api_url: str, tasks: list[asyncio.Task[None]]) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=api_url, timeout=2, trust_env=False) as http:
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if (await http.get("/health")).is_success:
                    return
            if any(task.done() for task in tasks):
                break
            await asyncio.sleep(0.05)
    await _raise_ended(tasks)


async def _raise_ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            error = task.exception()
            if isinstance(error, EmbeddError):
                raise error
            raise ServiceEnded(f"The {task.get_name()} ended unexpectedly.") from error
    raise ServiceEnded("The API does not answer.")


@contextmanager
def stop_on_signals() -> Iterator[asyncio.Event]:
    """Yield an event that is set by SIGINT, SIGTERM or a closed terminal. A second signal ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def received(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in signals:
        loop.add_signal_handler(number, received, number)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
