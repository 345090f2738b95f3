"""SQL that asks the service: the helper in plpython3u on Debian's PostgreSQL, against the real application with a
worker, and against servers that are not the service."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvicorn
from psycopg import sql
from psycopg.rows import dict_row

from embedd_api.app import create_app
from embedd_pg.clients import Clients
from embedd_pg.credentials import new_key_text
from embedd_pg.database import plpython
from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.migrate import script
from embedd_pg.resources import access
from embedd_pg.settings import Settings
from tests.api.conftest import load_products, working
from tests.support import vendor_stub
from tests.support.certificate import self_signed
from tests.support.debian import data_directory, debian_cluster
from tests.support.postgres import Cluster

Pg = psycopg.Connection[dict[str, Any]]
DIMENSIONS = 1536
KEY = "sk_live_never_to_be_seen_in_an_error"
COLUMNS = [
    {"name": "name", "role": "embedding"},
    {"name": "description", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
    {"name": "in_stock", "role": "metadata", "filter_type": "boolean"},
]
SEARCH = "select * from embedd.search('products-search', 'something warm')"


@dataclass(frozen=True)
class Place:
    """A database of Debian's server with the schema, the helper and a vector table, and the running service."""

    cluster: Cluster
    dsn: str
    #: The content of a valid embedd_service.json.
    service: dict[str, Any]

    @property
    def file(self) -> Path:
        return data_directory(self.cluster) / "embedd_service.json"

    def configure(self, content: str | None = None, **changes: Any) -> None:
        """Write the file; the given values replace the correct ones."""
        self.file.write_text(json.dumps(self.service | changes) if content is None else content)


@contextmanager
def serving(dsn: str, directory: Path) -> Iterator[dict[str, Any]]:
    """The application and a worker, in a thread of this process."""
    settings = Settings(database_url=dsn, secret_key=new_key_text(), data_dir=directory, poll_interval=0.1)
    started: queue.Queue[str] = queue.Queue()
    listener = socket.create_server(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        pool = await open_pool(dsn)
        clients = Clients(settings, Database(pool))
        config = uvicorn.Config(create_app(clients), lifespan="off", log_level="error", access_log=False)
        servers.append(uvicorn.Server(config))
        made = await access.create_api_key(clients.database, name="sql", permission="read_only")
        async with working(clients):
            started.put(made.key)
            await servers[0].serve(sockets=[listener])
        await clients.close()
        await pool.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="service")
    thread.start()
    yield {"url": f"http://127.0.0.1:{listener.getsockname()[1]}", "api_key": started.get(timeout=20)}
    servers[0].should_exit = True
    thread.join(30)
    listener.close()


@pytest.fixture(scope="module")
def debian() -> Iterator[Cluster]:
    with debian_cluster("postgresql-plpython3-15") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def place(debian: Cluster, vendor: vendor_stub.Stub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    vendor.reset()
    with debian.fresh_database() as dsn, connect(dsn) as root:
        root.execute(script().encode())
        root.execute(plpython.script().encode())
        load_products(dsn)
        with serving(dsn, tmp_path_factory.mktemp("vectors")) as service:
            root.execute(
                "select embedd.create_embedder(name => 'stub', provider => 'openai', model => 'small', base_url => %s)",
                [f"{vendor.url}/v1"],
            )
            root.execute(
                "select embedd.create_vector_table(name => 'products-search', source_table => 'public.products',"
                " embedder => 'stub', embedding_dimensions => %s, columns => %s)",
                [DIMENSIONS, json.dumps(COLUMNS)],
            )
            root.execute("select embedd.backfill('products-search')")
            until(lambda: one(root, "select sync_status from embedd.sync_status('products-search')") == "synced")
            yield Place(debian, dsn, service)


@pytest.fixture
def pg(place: Place) -> Iterator[Pg]:
    """A superuser's session, with the service configured."""
    place.configure()
    with connect(place.dsn) as connection:
        yield connection
    place.file.unlink(missing_ok=True)


def connect(dsn: str) -> Pg:
    return psycopg.connect(dsn, autocommit=True, row_factory=dict_row, options="-c statement_timeout=30s")


def one(pg: Pg, statement: str) -> Any:
    row = pg.execute(statement.encode()).fetchone()
    assert row is not None
    return next(iter(row.values()))


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def refused(pg: Pg, statement: str = SEARCH) -> tuple[str | None, str]:
    """SQLSTATE and message of a statement that must fail; nothing of it, context included, shows the key."""
    with pytest.raises(psycopg.Error) as caught:
        pg.execute(statement.encode())
    told = caught.value.diag
    assert KEY not in f"{caught.value} {told.message_hint} {told.message_detail} {told.context}"
    assert told.message_hint or told.sqlstate in ("42501", "57014")
    return told.sqlstate, str(told.message_primary)


# Calls that succeed.


def test_a_text_finds_rows_of_the_managed_store(pg: Pg) -> None:
    found = pg.execute(
        "select * from embedd.search('products-search', 'something warm', filters => '{\"in_stock\": true}',"
        ' "limit" => 5)'
    ).fetchall()
    assert len(found) == 5 and list(found[0]) == ["pk_value", "score", "metadata", "embedded_text", "passage"]
    assert found[0]["pk_value"] == "5" and "warm light" in found[0]["embedded_text"]
    assert found[0]["metadata"]["price"] == 39.0 and all(row["metadata"]["in_stock"] for row in found)
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    joined = pg.execute(
        "select p.name from embedd.search('products-search', 'garden hose', \"limit\" => 1) s"
        " join products p on p.id = s.pk_value::bigint"
    ).fetchall()
    assert joined == [{"name": "Garden hose"}]


@pytest.mark.parametrize(
    "options", ["search_mode => 'lexical'", "search_mode => 'hybrid'", "min_similarity_score => 0.3"]
)
def test_every_search_mode_finds_the_rows(pg: Pg, options: str) -> None:
    found = pg.execute(
        f"select pk_value from embedd.search('products-search', 'wireless headphones', {options})".encode()
    )
    rows = [row["pk_value"] for row in found.fetchall()]
    assert rows[0] == "1" and "3" not in rows[:3]


def test_a_text_is_embedded_and_counted(pg: Pg) -> None:
    vector = one(pg, f"select embedd.embed('warm light', 'stub', dimensions => {DIMENSIONS})")
    assert vector == pytest.approx([float(n) for n in vendor_stub.vector_of("warm light", DIMENSIONS)], abs=1e-6)
    until(lambda: bool(pg.execute("select from embedd.usage where vector_table is null and tokens > 0").fetchall()))
    (shown,) = pg.execute("select * from embedd.usage where vector_table is null").fetchall()
    assert (shown["embedder"], shown["environment"], shown["kind"]) == ("stub", "prod", "query")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select embedd.search('products-search', ' ')", "search_mode vector needs a query, like or query_vector."),
        ("select embedd.search('products-search', 'x', \"limit\" => 101)", "limit"),
        (
            "select embedd.search('products-search', 'x', filters => '{\"gone\": 1}')",
            "filters.gone is not a filterable",
        ),
        ("select embedd.search('products-search', query_vector => '{1}')", "query_vector must have"),
        ("select embedd.embed('x', 'stub')", "the size of its vectors"),
        ("select embedd.embed('x', 'stub', dimensions => 0)", "dimensions"),
        ("select embedd.embed('')", "text must not be empty."),
        (
            "select embedd_internal.call_service('search', 'vt_1/../../api-keys', '{}')",
            "to search a vector table or to",
        ),
        ("select embedd_internal.call_service('delete', 'vt_1', '{}')", "to search a vector table or to"),
        ("select embedd_internal.call_service(null, null, null)", "to search a vector table or to"),
    ],
)
def test_invalid_requests_are_refused(pg: Pg, statement: str, told: str) -> None:
    sqlstate, message = refused(pg, statement)
    assert sqlstate == "EBV01" and told in message


def test_the_environment_of_the_server_does_not_affect_the_request(pg: Pg) -> None:
    told = one(pg, "select embedd.ask_service('search', 'vt_1', E'env_1\\r\\nX-Other: y', '{}')")
    assert told["refused"]["sqlstate"] == "EBV01"


def test_the_errors_of_the_service_are_passed_on(pg: Pg, place: Place) -> None:
    sqlstate, message = refused(pg, "select embedd_internal.call_service('search', 'vt_none', '{\"query\": \"x\"}')")
    assert (sqlstate, message[:46]) == ("EBS03", "The service answers 404 vector_table_not_found")
    place.configure(api_key=KEY)
    sqlstate, message = refused(pg)
    assert sqlstate == "EBS03" and message.startswith("The service refuses the API key: ")


# Calls without a configuration, or to a server that is not the service.

MISCONFIGURED: list[tuple[str | None, dict[str, Any], str]] = [
    ("{", {}, "is no JSON"),
    ("[]", {}, "url in"),
    (None, {"url": "file:///etc/passwd"}, "url in"),
    (None, {"url": "http://user:pw@127.0.0.1"}, "url in"),
    (None, {"url": "http://:70000000"}, "url in"),
    (None, {"url": 7}, "url in"),
    (None, {"api_key": f"{KEY}\nX: y"}, "api_key in"),
    (None, {"api_key": None}, "api_key in"),
    (None, {"total_timeout": "10"}, "total_timeout in"),
    (None, {"connect_timeout": 0}, "connect_timeout in"),
    (None, {"proxy": KEY[:3]}, "an entry that is not known: proxy"),
    (None, {"url": "https://127.0.0.1", "ca_file": "/nowhere"}, "ca_file in"),
]


@pytest.mark.parametrize(("content", "changes", "told"), MISCONFIGURED)
def test_an_invalid_configuration_is_reported(
    pg: Pg, place: Place, content: str, changes: dict[str, Any], told: str
) -> None:
    place.configure(content, **({"api_key": KEY} | changes))
    sqlstate, message = refused(pg)
    assert sqlstate == "EBS01" and told in message


def test_without_a_file_the_service_is_not_configured(pg: Pg, place: Place) -> None:
    place.file.unlink()
    sqlstate, message = refused(pg)
    assert sqlstate == "EBS01" and "has no file embedd_service.json" in message
    assert refused(pg, "select embedd.embed('x')")[0] == "EBS01"


def test_a_service_that_is_down_is_reported(pg: Pg, place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place.configure(url=f"http://127.0.0.1:{port}", api_key=KEY)
    sqlstate, message = refused(pg)
    assert (sqlstate, message) == (
        "EBS02",
        f"The service at http://127.0.0.1:{port} cannot be reached: Connection refused.",
    )


@contextmanager
def answering(answer: Callable[[socket.socket], None], wrap: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a server that accepts connections, reads the first data and then misbehaves. Yield its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            try:
                with wrap.wrap_socket(line, server_side=True) if wrap else line as taken:
                    taken.recv(65536)
                    answer(taken)
            except OSError:
                continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def http(body: str, status: str = "200 OK", length: int | None = None, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n{more}\r\n"
    return (head + body).encode()


NONSENSE = {
    "a page": http("<html>hello</html>"),
    "nothing": b"",
    "no HTTP": b"220 mail.example.com ESMTP\r\n",
    "half an answer": http('{"results": []}', length=1000),
    "another shape": http('{"result": []}'),
    "rows without scores": http('{"results": [{"id": "1"}]}'),
    "keys that are no texts": http('{"results": [{"id": 1, "score": 1}]}'),
    "scores that are no numbers": http('{"results": [{"id": "1", "score": NaN}]}'),
    "a list": http("[]"),
    "a very deep list": http("[" * 100_000),
    "a redirection": http("", "302 Found", more="Location: http://127.0.0.1:1/elsewhere\r\n"),
    "an error of a proxy": http("<html>bad gateway</html>", "502 Bad Gateway"),
    "an error that shows the key": http(
        json.dumps({"error": {"code": "internal_error", "message": f"no {KEY}", "resolution": KEY}}), "500 Oops"
    ),
    "strange errors": http('{"error": {"code": 7, "message": ["x"]}}', "418 Teapot"),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_server_that_answers_nonsense_is_reported(pg: Pg, place: Place, answer: bytes) -> None:
    with answering(lambda line: line.sendall(answer)) as port:
        place.configure(url=f"http://127.0.0.1:{port}", api_key=KEY)
        assert refused(pg)[0] == "EBS03"


def test_a_service_that_hangs_up_is_reported(pg: Pg, place: Place) -> None:
    def reset(line: socket.socket) -> None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with answering(reset) as port:
        place.configure(url=f"http://127.0.0.1:{port}", api_key=KEY)
        assert refused(pg)[0] == "EBS02"


def drip(line: socket.socket) -> None:
    """A byte now and then, so that there is always progress."""
    line.settimeout(0.1)
    while True:
        line.sendall(b"H")
        time.sleep(0.05)


def hang(line: socket.socket) -> None:
    line.settimeout(20)
    line.recv(1)


@pytest.mark.parametrize("answer", [hang, drip])
def test_waiting_for_a_silent_service_has_a_limit(
    pg: Pg, place: Place, answer: Callable[[socket.socket], None]
) -> None:
    with answering(answer) as port:
        place.configure(url=f"http://127.0.0.1:{port}", api_key=KEY, total_timeout=0.5)
        assert refused(pg) == ("EBS02", f"The service at http://127.0.0.1:{port} did not answer in time.")


def test_waiting_for_a_connection_has_a_limit(pg: Pg, place: Place) -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for caller in (first, second):  # fill its queue
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        place.configure(url=f"http://127.0.0.1:{listener.getsockname()[1]}", api_key=KEY, connect_timeout=0.3)
        sqlstate, message = refused(pg)
        assert sqlstate == "EBS02" and "did not answer in time" in message


def test_a_waiting_statement_can_be_cancelled(pg: Pg, place: Place) -> None:
    left: list[bool] = []

    def wait(line: socket.socket) -> None:
        """Says whether the database hung up by itself."""
        line.settimeout(10)
        try:
            left.append(line.recv(1) == b"")
        except TimeoutError:
            left.append(False)

    with answering(wait) as port:
        place.configure(url=f"http://127.0.0.1:{port}", api_key=KEY, total_timeout=600)
        pg.execute("set statement_timeout = '300ms'")
        assert refused(pg)[0] == "57014"
        pg.execute("reset statement_timeout")
        with connect(place.dsn) as other:
            cancel = threading.Timer(0.5, other.execute, ["select pg_cancel_backend(%s)", [pg.info.backend_pid]])
            cancel.start()
            assert refused(pg)[0] == "57014"
            cancel.join()
        assert one(pg, "select 1") == 1
    assert left == [True, True]


def test_https_needs_a_certificate_of_the_trusted_authority(pg: Pg, place: Place, tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    authority = place.file.with_name("authority.pem")
    authority.write_text("-----BEGIN CERT" + (tmp_path / "server.pem").read_text().partition("-----BEGIN CERT")[2])
    row = {"id": "1", "score": 0.5, "metadata": {}, "embedded_text": "t"}
    with answering(lambda line: line.sendall(http(json.dumps({"results": [row]}))), context) as port:
        place.configure(url=f"https://127.0.0.1:{port}", ca_file="authority.pem", api_key=KEY)
        assert pg.execute(SEARCH).fetchall() == [
            {"pk_value": "1", "score": 0.5, "metadata": {}, "embedded_text": "t", "passage": None}
        ]
        place.configure(url=f"https://127.0.0.1:{port}", api_key=KEY)
        sqlstate, message = refused(pg)
        assert sqlstate == "EBS02" and "CERTIFICATE_VERIFY_FAILED" in message


# Permissions.


@contextmanager
def role(pg: Pg, name: str) -> Iterator[str]:
    pg.execute(sql.SQL("create role {}").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        pg.execute("reset role")
        pg.execute(sql.SQL("drop owned by {0}; drop role {0}").format(sql.Identifier(name)))


def test_no_setting_changes_the_address_of_the_service_and_no_other_role_can_call_it(pg: Pg, place: Place) -> None:
    with role(pg, "stranger"):
        pg.execute("grant usage on schema embedd to stranger")
        pg.execute("set role stranger")
        call = "select embedd.ask_service('embed', 'emb_' || repeat('0', 32), 'env_1', '{}')"
        assert refused(pg, call) == ("42501", "permission denied for function ask_service")
        pg.execute("reset role; grant embedd_reader to stranger; set role stranger")
        for setting in ("embedd.service_url", "embedd.url", "embedd.api_key"):
            pg.execute(f"set {setting} = 'http://127.0.0.1:1'".encode())
        pg.execute("set search_path = pg_temp, public")
        assert one(pg, "select count(*) from embedd.search('products-search', 'something warm')") == 7
        assert refused(pg, "create function public.mine() returns int language plpython3u as 'return 1'")[0] == "42501"
        assert refused(pg, "alter function embedd.ask_service(text, text, text, jsonb) owner to stranger")[0] == "42501"
