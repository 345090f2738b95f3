"""Neither one tenant nor a stranger can stop the others: a real server process with few files, reached over loopback,
with its database behind a relay that can be cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.conftest import eventually
from tests.support.database_relay import DatabaseRelay, database_relay
from tests.support.postgres import Cluster
from tests.support.served_process import ServedProcess, Tenant, served_process
from tests.support.slow_clients import holding

#: Longer than any served caller waits, shorter than any other. No answer has to be quicker than that.
PATIENCE = 15.0
#: Where a proxy's connections come from; it is loopback, too.
PROXY = "127.0.0.2"


class Front:
    """The server, and the relay to its database, which runs in a separate thread."""

    def __init__(self, served: ServedProcess, relay: DatabaseRelay, loop: asyncio.AbstractEventLoop) -> None:
        self.served, self.relay, self._loop = served, relay, loop

    def do(self, change: Callable[[], Any]) -> None:
        """Change the relay in its own loop."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (change(), done.set()))
        assert done.wait(10)

    def client(self, tenant: Tenant | None = None, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """A caller at an address; each request uses a new connection."""
        limits = httpx.Limits(max_connections=300, max_keepalive_connections=0)
        transport = httpx.AsyncHTTPTransport(local_address=address, limits=limits)
        headers = tenant.headers if tenant else {}
        return httpx.AsyncClient(base_url=self.served.url, headers=headers, timeout=PATIENCE, transport=transport)


@pytest.fixture(scope="module")
def front(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with cluster.fresh_database(template) as dsn, _relay(dsn) as (relay, loop):
        settings = {
            "EMBEDD_STATEMENT_TIMEOUT": "60",
            "EMBEDD_ORGANIZATION_REQUESTS": "12",
            "EMBEDD_TRUSTED_PROXIES": PROXY,
        }
        with served_process(dsn, tmp_path_factory.mktemp("front"), through=relay.url, **settings) as served:
            yield Front(served, relay, loop)


@contextmanager
def _relay(dsn: str) -> Iterator[tuple[DatabaseRelay, asyncio.AbstractEventLoop]]:
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    opened: list[DatabaseRelay] = []

    async def serve() -> None:
        async with database_relay(dsn) as relay:
            opened.append(relay)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    yield opened[0], loop
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


async def test_point_08_row_48_clients_that_hold_connections_do_not_keep_others_out(front: Front) -> None:
    """More of them than the process may open files; each time a new connection of an honest client is served."""
    served = front.served
    with holding(served.port, served.evil.key, silent=150, dripping=150, slow=60, pause=3):
        async with front.client() as http:
            await asyncio.sleep(3)  # until they are all there
            for _ in range(15):
                assert (await http.get("/health")).status_code == 200
                answer = await http.get("/v1/environments", headers=served.good.headers)
                assert answer.status_code == 200, answer.text
    assert served.process.poll() is None
    assert "out of system resource" not in served.log.read_text()


async def test_point_08_row_48_a_hundred_calls_of_one_tenant_do_not_delay_another(
    front: Front,
) -> None:
    """The calls wait for a locked row. The others are served before any of them, and calls beyond the tenant's queue
    are refused at once."""
    served = front.served
    with psycopg.connect(served.dsn) as holder:
        holder.execute("select from embedd.connections where id = %s for update", [served.evil.connection])
        async with front.client(served.evil) as evil, front.client(served.good) as good:
            path = f"/v1/connections/{served.evil.connection}"
            calls = [asyncio.create_task(evil.put(path, json={"name": "x"})) for _ in range(100)]
            refused = await eventually(lambda: _done(calls), lambda done: len(done) >= 52, PATIENCE)
            for method, url in (("GET", "/v1/environments"), ("GET", "/v1/tasks"), ("POST", "/v1/api-keys")):
                answer = await good.request(method, url, json={"name": "k"} if method == "POST" else None)
                assert answer.is_success, answer.text
            assert len(await _done(calls)) == len(refused) == 52, "all others are held still"
        holder.rollback()
        for call in refused:
            answer = call.result()
            assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
            assert int(answer.headers["retry-after"]) >= 1
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def _done(calls: list[asyncio.Task[httpx.Response]]) -> list[asyncio.Task[httpx.Response]]:
    return [call for call in calls if call.done()]


async def test_point_08_a_client_that_leaves_frees_its_session(front: Front) -> None:
    served = front.served
    with psycopg.connect(served.dsn) as holder, psycopg.connect(served.dsn, autocommit=True) as watcher:

        async def waiting() -> int:
            """Sessions that wait for the lock."""
            row = watcher.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).fetchone()
            return int(row[0]) if row else 0

        holder.execute("lock table embedd.tasks in access exclusive mode")
        async with front.client(served.evil) as http:
            calls = [asyncio.create_task(http.get("/v1/tasks")) for _ in range(4)]
            await eventually(waiting, lambda count: count == 4, PATIENCE)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        await eventually(waiting, lambda count: count == 0, PATIENCE)


@pytest.mark.parametrize("how", ["cut", "silent"])
async def test_point_08_a_database_that_is_down_is_503_soon_and_answers_again_later(front: Front, how: str) -> None:
    relay = front.relay
    async with front.client(front.served.good) as http:
        assert (await http.get("/v1/environments")).status_code == 200
        front.do(relay.cut if how == "cut" else lambda: setattr(relay, "black_hole", True))
        try:
            for _ in range(2):
                answer = await http.get("/v1/environments")
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_unavailable")
                assert (await http.get("/health")).status_code == 200
        finally:
            front.do(relay.mend)

        async def status() -> int:
            return (await http.get("/v1/environments")).status_code

        await eventually(status, lambda code: code == 200, 40)


async def test_point_15_row_52_answers_are_not_cached_and_have_their_declared_type(front: Front) -> None:
    async with front.client(front.served.good) as http:
        asked = [
            await http.get("/health"),
            await http.get("/docs"),
            await http.get("/openapi.json"),
            await http.get("/v1/environments"),
            await http.post("/v1/api-keys", json={"name": "k"}),
            await http.post("/v1/api-keys", json={}),
            await http.get("/v1/embedders"),
            await http.get("/nowhere"),
            await http.put("/health"),
            await http.options("/v1/tasks"),
            await http.get("/v1/tasks", headers={"Authorization": "Bearer sk_live_x"}),
        ]
    assert {answer.status_code for answer in asked} == {200, 201, 204, 401, 404, 405, 422}
    for answer in asked:
        assert answer.headers["cache-control"] == "no-store", answer.url
        assert answer.headers["x-content-type-options"] == "nosniff", answer.url


async def test_point_15_row_52_a_forwarded_address_is_trusted_only_from_a_proxy(front: Front) -> None:
    served = front.served
    claimed = {"X-Forwarded-For": "6.6.6.6"}
    for address in ("127.0.0.1", PROXY):
        async with front.client(served.good, address=address) as http:
            assert (await http.post("/v1/api-keys", json={"name": address}, headers=claimed)).status_code == 201
    with psycopg.connect(served.dsn) as session:
        rows = session.execute("select address from embedd.audit_log order by id desc limit 2").fetchall()
    assert rows == [("6.6.6.6",), ("127.0.0.1",)]


async def test_point_15_row_28_a_claimed_address_does_not_escape_the_limit_of_failures(front: Front) -> None:
    """Each wrong key claims to come from another address."""

    async def wrong(http: httpx.AsyncClient, number: int) -> httpx.Response:
        claimed = {"X-Forwarded-For": f"10.0.{number // 256}.{number % 256}", "Authorization": "Bearer sk_live_x"}
        return await http.get("/v1/tasks", headers=claimed)

    liar = httpx.AsyncHTTPTransport(local_address="127.0.0.1", limits=httpx.Limits(max_connections=1))
    async with httpx.AsyncClient(base_url=front.served.url, transport=liar, timeout=PATIENCE) as http:
        codes = [(await wrong(http, number)).status_code for number in range(700)]
        assert codes[0] == 401 and codes[-1] == 429
        assert int((await wrong(http, 0)).headers["retry-after"]) >= 1
    async with front.client(address="127.0.0.8") as http:
        assert (await wrong(http, 0)).status_code == 401, "others are not refused"
