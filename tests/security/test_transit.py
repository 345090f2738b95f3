"""Secrets in transit to other machines: secrets without TLS, and stores without a key, are reported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import psycopg
import pytest

from embedd_pg.clients import Clients
from embedd_pg.database import transit
from embedd_pg.database.call import Database, open_pool
from embedd_pg.database.inspection import inspecting
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.operate.doctor import outside
from embedd_pg.operate.doctor.finding import Finding, Surroundings
from embedd_pg.settings import Settings
from tests.acceptance.test_cli import embedd
from tests.acceptance.test_uninstall_cli import url_of
from tests.api.conftest import Service
from tests.api.conftest import logs as logs
from tests.api.conftest import service as service
from tests.api.conftest import vendor as vendor
from tests.conftest import MakeRole
from tests.support import qdrant_server


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Surroundings]:
    """Return the context that the doctor's checks receive."""
    pool = await open_pool(settings.database_url or "")
    clients = Clients(settings, Database(pool))
    async with inspecting(settings.database_url or "") as database:
        yield Surroundings(database, clients, settings)
    await clients.close()
    await pool.close()


def said(findings: list[Finding]) -> str:
    return " ".join(finding.message for finding in findings if finding.state != "ok")


def test_point_17_a_program_reports_an_unencrypted_key_at_its_start(installed: str, make_role: MakeRole) -> None:
    role = make_role("login in role embedd_worker password 'canary'")
    drained = embedd(
        "worker",
        "--drain",
        EMBEDD_DATABASE_URL=f"{url_of(installed)}&user={role}&password=canary",
        EMBEDD_QDRANT_URL="http://qdrant.invalid:6333",
        EMBEDD_QDRANT_API_KEY="canary",
    )
    assert drained.returncode == 0, drained.stderr
    assert "qdrant.invalid unencrypted" in drained.stderr
    assert "EMBEDD_DATABASE_URL" not in drained.stderr, "a socket is no way to anywhere"
    assert "canary" not in drained.stderr


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"database_url": "postgresql://u:p@db.example.com/d"}, "sslmode prefer"),
        ({"database_url": "postgresql://u:p@127.0.0.1,192.0.2.1/d?sslmode=disable"}, "sslmode disable"),
        ({"database_url": "postgresql://u:p@db.example.com/d?sslmode=verify-full"}, ""),
        ({"database_url": "postgresql://u:p@db.example.com/d?sslmode=require"}, ""),
        ({"database_url": "postgresql://u@db.example.com/d"}, ""),
        ({"database_url": "postgresql://u:p@[::1]/d"}, ""),
        ({"database_url": "postgresql://u:p@/d?host=/run/postgresql"}, ""),
        ({"qdrant_url": "http://qdrant:6333", "qdrant_api_key": "k"}, "Use an address that begins with https://"),
        ({"qdrant_url": "http://qdrant:6333"}, "can read and delete all vectors"),
        ({"qdrant_url": "https://qdrant:6333", "qdrant_api_key": "k"}, ""),
        ({"qdrant_url": "http://localhost:6333"}, ""),
    ],
)
def test_point_17_secrets_that_settings_send_unencrypted_are_found(
    changes: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGPASSWORD", "PGSSLMODE", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    found = " ".join(transit.of_settings(replace(Settings(), **changes)))  # type: ignore[arg-type]
    assert says in found and bool(says) == bool(found)


async def test_point_17_row_11_a_connection_test_and_the_doctor_report_an_unencrypted_password(
    service: Service, monkeypatch: pytest.MonkeyPatch, make_role: MakeRole
) -> None:
    role = make_role("login password 'canary-password'")
    body = {
        "name": "x",
        "mode": "managed",
        "credentials": service.credentials(user=role, password="canary-password"),
    }
    made = await service.post("/v1/providers/postgresql/connections", body, 201)
    path = f"/v1/connections/{made['id']}/test"
    assert "warnings" not in await service.post(path), "it does not leave this machine"
    monkeypatch.setattr("embedd_pg.database.transit.is_here", lambda host: False)
    tested = await service.post(path)
    assert tested["status"] == "ok"
    (warning,) = tested["warnings"]
    assert "ssl_mode prefer" in warning and "verify-full" in warning
    (entry,) = [entry for entry in service.logs.entries if entry["event"].endswith("_without_tls")]
    assert entry["log_level"] == "warning" and "canary" not in str(service.logs.entries)
    async with looking(service.clients.settings) as look:
        assert "Connection x: With ssl_mode prefer" in said(await outside.encryption(look))


async def test_point_17_an_unencrypted_key_of_a_vendor_is_reported(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_KEY", "canary-key")
    with psycopg.connect(service.dsn, autocommit=True) as pg:
        for name, address in (("open", "http://vendor.example/v1"), ("closed", "https://vendor.example/v1")):
            pg.execute(
                "select embedd.create_embedder(name => %s, provider => 'openai', model => 'small', base_url => %s,"
                " api_key_ref => 'env:VENDOR_KEY')",
                [name, address],
            )
    shape = {
        "id": "x",
        "organization_id": "org_x",
        "public_id": "x",
        "model": "small",
        "dimensionality": 8,
        "max_sequence_length": None,
        "address": "",
        "credentials": None,
        "credentials_form": None,
        "api_path": None,
        "secret_removed": False,
    }
    places = ("https://vendor.example", "http://vendor.example", "http://127.0.0.1")
    bound = ",".join(f"env:VENDOR_KEY@org_x={place}" for place in places)
    clients = Clients(replace(service.clients.settings, secret_references=bound), service.clients.database)
    for address in ("https://vendor.example/v1", "http://127.0.0.1/v1", "http://vendor.example/v1"):
        embedder = shape | {"provider": "openai", "base_url": address, "secret_ref": "env:VENDOR_KEY"}
        await clients.provider(Embedder.parse(embedder))
        warned = [entry for entry in service.logs.entries if entry["event"].endswith("_without_tls")]
        assert bool(warned) == address.startswith("http://vendor")
    assert "canary" not in str(service.logs.entries)
    await clients.close()
    async with looking(service.clients.settings) as look:
        told = said(await outside.encryption(look))
    assert "Embedder open: The key and all texts travel to vendor.example" in told and "closed" not in told


async def test_row_34_the_doctor_finds_a_qdrant_that_asks_for_no_key(installed: str) -> None:
    for key in ("", "secret"):
        with qdrant_server.running(qdrant_server.Settings(api_key=key)) as server:
            settings = Settings(database_url=installed, qdrant_url=server.url, qdrant_api_key="secret")
            without = await asyncio.to_thread(httpx.get, f"{server.url}/collections", trust_env=False)
            assert without.status_code == (200 if not key else 401)
            async with looking(settings) as look:
                found = await outside.store(look)
            assert ("answers without a key" in said(found)) == (not key), found
