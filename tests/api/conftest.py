"""A running service for the API's tests: a database with the schema, the application, and a key."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
import structlog
import uvicorn
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import LogCapture

from embedd_api.app import create_app
from embedd_pg.clients import Clients
from embedd_pg.credentials import new_key_text
from embedd_pg.database.call import Database, open_pool
from embedd_pg.resources import access
from embedd_pg.settings import Settings
from embedd_pg.sync.worker import Worker
from tests.api.relay import relayed
from tests.support import vendor_stub
from tests.support.postgres import Cluster
from tests.support.qdrant_server import real_server

PRODUCTS = """
create table {schema}products (
  id bigint generated always as identity primary key, name text not null, description text, category text,
  price numeric(10, 2), in_stock boolean);
insert into {schema}products (name, description, category, price, in_stock) values
  ('Wireless headphones', 'Noise cancelling headphones with long battery life', 'audio', 129.99, true),
  ('Studio headphones', 'Wired headphones for mixing and recording', 'audio', 249.00, true),
  ('Garden hose', 'Ten metres of hose with a spray nozzle', 'garden', 24.50, true),
  ('Sold out headphones', 'Cheap headphones that nobody can buy', 'audio', 19.99, false),
  ('Desk lamp', 'A lamp with warm light for late work', 'office', 39.00, true),
  ('Office chair', 'A chair with lumbar support', 'office', 149.00, true),
  ('Running shoes', 'Light shoes for long runs', 'sport', 89.00, true);
"""

#: The columns of step 4 of the guide.
COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "role": "embedding", "ordinal": 1, "name_prefix": "Product: "},
    {"name": "description", "role": "embedding", "ordinal": 2, "name_prefix": "Description: "},
    {"name": "category", "role": "metadata", "filter_type": "keyword"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
    {"name": "in_stock", "role": "metadata", "filter_type": "boolean"},
]


@dataclass(frozen=True)
class Service:
    """The application, its client with a full key, and how to reach the database server over TCP."""

    http: httpx.AsyncClient
    clients: Clients
    key: str
    dsn: str
    port: int
    logs: LogCapture

    async def make_key(self, permission: str) -> str:
        made = await access.create_api_key(self.clients.database, name="test", permission=permission)
        return made.key

    def credentials(self, dsn: str | None = None, **changes: Any) -> dict[str, Any]:
        return credentials_of(dsn or self.dsn, self.port) | changes

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        response = await self.http.post(path, json=body) if body is not None else await self.http.post(path)
        assert response.status_code == status, response.text
        return response.json()

    async def get(self, path: str, status: int = 200) -> Any:
        response = await self.http.get(path)
        assert response.status_code == status, response.text
        return response.json()

    async def connection(self, *, mode: str = "managed", dsn: str | None = None, **changes: Any) -> str:
        body = {"name": "source", "mode": mode, "credentials": self.credentials(dsn, **changes)}
        created = await self.post("/v1/providers/postgresql/connections", body, 201)
        tested = await self.post(f"/v1/connections/{created['id']}/test")
        assert tested["status"] == "ok", tested
        return str(created["id"])

    async def connection_in(self, headers: dict[str, str]) -> Any:
        """A tested connection in the environment that the headers name."""
        body = {"name": "source", "mode": "managed", "credentials": self.credentials()}
        created = await self.http.post("/v1/providers/postgresql/connections", json=body, headers=headers)
        await self.http.post(f"/v1/connections/{created.json()['id']}/test", headers=headers)
        return created.json()

    async def embedding_provider(self) -> str:
        body = {
            "name": "OpenAI",
            "provider": "openai",
            "api_key": "sk-canary-vendor",
            "default_model": "text-embedding-3-small",
        }
        return str((await self.post("/v1/embedding-providers", body, 201))["id"])

    def table_body(self, connection: str, provider: str, **changes: Any) -> dict[str, Any]:
        return {
            "name": "products-search",
            "connection_id": connection,
            "embedding_provider_id": provider,
            "source_table": "public.products",
            "primary_key_column": "id",
            "embedding_model": "text-embedding-3-small",
            "embedding_dimensions": 1536,
            "columns": COLUMNS,
        } | changes

    async def synced(self, table: str) -> Any:
        """Backfill a vector table and wait until it is done; a worker must be running."""
        await self.post(f"/v1/vector-tables/{table}/backfill", status=202)
        path = f"/v1/vector-tables/{table}/sync/status"
        return await eventually(lambda: self.get(path), lambda status: status["sync_status"] == "synced")

    async def vector_table(self, **changes: Any) -> str:
        """A vector table over the products of the database embedd is installed in."""
        load_products(self.dsn)
        body = self.table_body(await self.connection(), await self.embedding_provider(), **changes)
        return str((await self.post("/v1/vector-tables", body, 201))["id"])


def credentials_of(dsn: str, port: int) -> dict[str, Any]:
    fields = conninfo_to_dict(dsn)
    return {
        "host": "127.0.0.1",
        "port": port,
        "database": fields["dbname"],
        "user": fields.get("user", "postgres"),
        "password": fields["password"],
    }


def load_products(dsn: str, schema: str = "public") -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL(PRODUCTS).format(schema=sql.SQL("{}.").format(sql.Identifier(schema))))


async def eventually(look: Callable[[], Awaitable[Any]], accept: Callable[[Any], bool], patience: float = 60) -> Any:
    """Return the first result of `look` that is accepted."""
    async with asyncio.timeout(patience):
        while True:
            seen = await look()
            if accept(seen):
                return seen
            await asyncio.sleep(0.05)


@asynccontextmanager
async def working(clients: Clients) -> AsyncIterator[None]:
    """A worker runs as long as the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(Worker(clients).run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


@pytest.fixture(scope="session")
def vendor() -> Iterator[vendor_stub.Stub]:
    with vendor_stub.running() as stub:
        yield stub


@pytest.fixture
def logs() -> Iterator[LogCapture]:
    """Every line that is logged, as a dict."""
    captured = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[captured], cache_logger_on_first_use=False)
    yield captured
    structlog.configure(**before)


@pytest.fixture
async def service(
    installed: str, tmp_path: Path, vendor: vendor_stub.Stub, logs: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    vendor.reset()
    monkeypatch.setenv("OPENAI_BASE_URL", f"{vendor.url}/v1")
    async with service_on(installed, tmp_path, logs) as made:
        yield made


@asynccontextmanager
async def service_on(dsn: str, directory: Path, logs: LogCapture) -> AsyncIterator[Service]:
    """The application with the rights of the role in `dsn`."""
    with real_server() as qdrant_url:
        async with _service_on(dsn, directory, logs, qdrant_url) as made:
            yield made


@asynccontextmanager
async def _service_on(dsn: str, directory: Path, logs: LogCapture, qdrant_url: str | None) -> AsyncIterator[Service]:
    settings = Settings(
        database_url=dsn,
        secret_key=new_key_text(),
        data_dir=directory,
        qdrant_url=qdrant_url,
        poll_interval=0.1,
        batch_interval=0.3,
        cdc_interval=0.2,
    )
    pool = await open_pool(dsn)
    clients = Clients(settings, Database(pool))
    made = await access.create_api_key(clients.database, name="first")
    transport = httpx.ASGITransport(app=create_app(clients))
    headers = {"Authorization": f"Bearer {made.key}"}
    async with relayed(dsn) as port:
        async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=headers) as http:
            yield Service(http, clients, made.key, dsn, port, logs)
        await clients.close()
    await pool.close()


class Served(NamedTuple):
    """A real server: its address, a full key, and how a connection reaches the database it has its tables in."""

    url: str
    key: str
    credentials: dict[str, Any]


@pytest.fixture(scope="module")
def served(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application behind a real server, in a thread of this process."""
    with cluster.fresh_database(template) as dsn, real_server() as qdrant_url:
        load_products(dsn)
        configured = Settings(
            database_url=dsn,
            secret_key=new_key_text(),
            data_dir=tmp_path_factory.mktemp("vectors"),
            qdrant_url=qdrant_url,
        )
        started: queue.Queue[Served] = queue.Queue()
        listener = socket.create_server(("127.0.0.1", 0))
        servers: list[uvicorn.Server] = []

        async def serve() -> None:
            pool = await open_pool(dsn)
            clients = Clients(configured, Database(pool))
            config = uvicorn.Config(create_app(clients), lifespan="off", log_level="error", access_log=False)
            servers.append(uvicorn.Server(config))
            made = await access.create_api_key(clients.database, name="fuzz")
            async with relayed(dsn) as port:
                url = f"http://127.0.0.1:{listener.getsockname()[1]}"
                started.put(Served(url, made.key, credentials_of(dsn, port)))
                await servers[0].serve(sockets=[listener])
            await clients.close()
            await pool.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="api")
        thread.start()
        with structlog.testing.capture_logs():
            yield started.get(timeout=20)
        servers[0].should_exit = True
        thread.join(20)
        listener.close()
