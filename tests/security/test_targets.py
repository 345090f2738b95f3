"""Targets of connections whose address a tenant supplies: source databases and providers, hosted and self-hosted."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest

from embedd_api.app import create_app
from embedd_pg.clients import Clients
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.settings import Settings
from tests.api.conftest import Service
from tests.support.false_servers import fake_http, fake_postgres, replying

VECTOR = json.dumps({"data": [{"index": 0, "embedding": [0.5] * 8}]}).encode()

#: What a hosted service refuses, each in a spelling that some resolver or parser takes for something else.
LOOPBACK = """127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.1 0x7F.0.0.1
    0177.0.0.1 0177.0.0.01 127.0.0.0x1 localhost LOCALHOST 0.0.0.0 0 00 0x0 ::1 0:0:0:0:0:0:0:1
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 ::7f00:1 :: 64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1
    2002:7f00:1:: 2002:7f00:0001::1 2001:0:7f00:1:: ::ffff:0:127.0.0.1"""
PRIVATE = """10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.1 0xc0a80001 3232235521 100.64.0.1
    100.127.255.254 198.18.0.1 192.0.2.1 203.0.113.5 192.88.99.1 224.0.0.1 240.0.0.1 255.255.255.255 fc00::1
    fd12:3456::1 fec0::1 ff02::1 2001:db8::1 100::1 2002:a00:1:: 64:ff9b::10.0.0.1 ::ffff:10.0.0.1 ::10.0.0.1"""
METADATA = """169.254.169.254 169.254.170.2 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518
    ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: fe80::a9fe:a9fe
    100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42"""
#: Names that lead there, as a resolver of the attacker's says.
NAMES = {
    "127.0.0.1.nip.example": "127.0.0.1",
    "7f000001.nip.example": "127.0.0.1",
    "localtest.example": "::1",
    "ten.example": "10.0.0.1",
    "mapped.example": "::ffff:10.0.0.1",
    "metadata.google.internal": "169.254.169.254",
}


@asynccontextmanager
async def configured(service: Service, **environment: str) -> AsyncIterator[Service]:
    """The service with these settings besides its own, as they are read from the environment."""
    read = Settings.from_environment(environment)
    given = {
        name: getattr(read, name) for name in Settings.__slots__ if getattr(read, name) != getattr(Settings(), name)
    }
    clients = Clients(replace(service.clients.settings, **given), service.clients.database)
    transport = httpx.ASGITransport(app=create_app(clients))
    headers = {"Authorization": f"Bearer {service.key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd", headers=headers) as http:
        yield replace(service, http=http, clients=clients)
    await clients.close()


async def test_connection(service: Service, host: str, port: int, **more: Any) -> dict[str, Any]:
    """Return the outcome of testing a connection."""
    credentials = {"host": host, "port": port, "database": "d", "user": "u", "password": "canary"} | more
    body = {"name": "c", "mode": "managed", "credentials": credentials}
    made = await service.post("/v1/providers/postgresql/connections", body, 201)
    tested: dict[str, Any] = await service.post(f"/v1/connections/{made['id']}/test")
    return tested


test_connection.__test__ = False  # type: ignore[attr-defined]


async def embedder_at(service: Service, base_url: str, provider: str = "openai", **more: Any) -> str:
    """An embedder there, with a key if the provider needs one."""
    if provider in ("openai", "gemini"):
        body = {"name": "e", "provider": provider, "base_url": base_url} | more
        return str((await service.post("/v1/embedding-providers", body, 201))["id"])
    key = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": "sk-canary"}}
    fields = {
        "displayName": "e",
        "providerType": provider.upper(),
        "endpointUrl": base_url,
        "modelIdentifier": "own",
        "apiPath": "/embed" if provider == "tei" else "/embeddings",
        "dimensionality": 8,
        "distributionType": "DENSE",
        "credentials": key,
    }
    return str((await service.post("/v1/embedders", fields, 201))["embedderId"])


async def asked(service: Service, embedder: str, text: str = "x", **more: Any) -> httpx.Response:
    body = {"text": text, "model": "own", "dimensions": 8} | more
    return await service.http.post(f"/v1/embedding-providers/{embedder}/embed", json=body)


def resolving(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> list[str]:
    """A resolver that gives these names one answer after the other, the last for ever; the names it was asked."""
    real, questions = socket.getaddrinfo, []

    def answer(host: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in answers:
            return real(host, *more, **named)
        questions.append(name)
        found = answers[name]
        return real(found.pop(0) if len(found) > 1 else found[0], *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return questions


async def test_point_07_row_12_no_spelling_of_an_internal_address_is_reached(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    spellings = [*f"{LOOPBACK} {PRIVATE} {METADATA}".split(), *NAMES]
    assert len(set(spellings)) >= 60
    resolving(monkeypatch, {name: [address] for name, address in NAMES.items()})
    reached = []
    async with (
        configured(service, EMBEDD_HOSTED="1") as hosted,
        fake_postgres("cleartext") as postgres,
        fake_http(replying(VECTOR)) as provider,
    ):
        for host in spellings:
            tested = await test_connection(hosted, host, postgres.port)
            if tested["status"] != "failed" or "not an allowed target" not in tested["error"]:
                reached.append(("source", host, tested))
            shown = f"[{host}]" if ":" in host else host
            answer = await asked(hosted, await embedder_at(hosted, f"http://{shown}:{provider.port}/v1"))
            # Some spellings are no address to an HTTP client.
            said = ("not an allowed target", "could not be reached")
            if answer.status_code != 502 or not any(each in answer.text for each in said):
                reached.append(("provider", host, answer.text))
    assert not reached
    assert (postgres.startups, provider.heads) == ([], [])


async def test_point_07_row_12_metadata_services_are_always_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, {name: [address] for name, address in NAMES.items()})
    everything = {"EMBEDD_HOSTED": "1", "EMBEDD_ALLOWED_TARGETS": "*, 0.0.0.0/0, [::/0]"}
    for environment in ({}, everything):
        async with configured(service, **environment) as here:
            for host in [*METADATA.split(), "metadata.google.internal"]:
                shown = f"[{host}]" if ":" in host else host
                tested = await test_connection(here, host, 5432)
                answer = await asked(here, await embedder_at(here, f"http://{shown}/v1"))
                assert "not an allowed target" in str(tested), host
                assert "not an allowed target" in answer.text or "could not be reached" in answer.text, host


@pytest.mark.parametrize("provider", ["openai", "voyage", "gemini", "cohere", "jina", "tei"])
async def test_point_07_every_vendors_client_uses_the_checked_transport(service: Service, provider: str) -> None:
    """The SDKs too: with the address refused none sends a byte, with it listed each does, and follows no redirect."""
    models = {
        "openai": ("text-embedding-3-small", 1536),
        "voyage": ("voyage-3.5", 1024),
        "cohere": ("embed-v4.0", 256),
        "gemini": ("gemini-embedding-001", 128),
        "jina": ("jina-embeddings-v3", 32),
        "tei": ("own", 8),
    }
    model, dimensions = models[provider]
    async with fake_http(replying(VECTOR)) as inner:
        elsewhere = replying(b"", "307 Temporary Redirect", Location=inner.url + "/v1/embeddings")
        async with fake_http(elsewhere, "127.0.0.2") as listed:
            made = await embedder_at(service, listed.url, provider, api_key="sk-canary")
            for allowed, requests in (("", 0), (f"127.0.0.2:{listed.port}", 1)):
                async with configured(service, EMBEDD_HOSTED="1", EMBEDD_ALLOWED_TARGETS=allowed) as hosted:
                    answer = await asked(hosted, made, model=model, dimensions=dimensions)
                assert answer.status_code == 502 and len(listed.heads) == requests
                assert ("not an allowed target" in answer.text) == (not requests)
    assert inner.heads == []


async def test_point_07_rerankers_use_the_checked_transport(service: Service) -> None:
    async with fake_http(replying(VECTOR)) as inner:
        for provider in ("cohere", "jina", "voyage"):
            made = await embedder_at(service, inner.url, provider)
            async with configured(service, EMBEDD_HOSTED="1") as hosted:
                row = await hosted.clients.database.value("load_embedder", p_embedder=made)
                reranker = await hosted.clients.reranker(Embedder.parse(row))
                with pytest.raises(Exception, match="not an allowed target"):
                    await reranker.rerank("own", "query", ["a", "b"])
    assert inner.heads == []


async def test_point_07_row_13_a_name_that_resolves_differently_later_has_no_effect(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First it stands for an address that is allowed, from then on for 127.0.0.1: of each connection only the address
    that was checked is used, and the next connection is refused."""
    async with (
        fake_http(replying(VECTOR), "127.0.0.2") as outer,
        fake_postgres("cleartext") as postgres,
        fake_http(replying(VECTOR), "127.0.0.1", outer.port) as inner,
    ):
        names = {name: ["127.0.0.2", "127.0.0.1"] for name in ("rebind.example", "other.example")}
        questions = resolving(monkeypatch, names)
        allowed = f"127.0.0.2:{outer.port}, 127.0.0.2:{postgres.port}"
        async with configured(service, EMBEDD_HOSTED="1", EMBEDD_ALLOWED_TARGETS=allowed) as hosted:
            made = await embedder_at(hosted, f"http://rebind.example:{outer.port}/v1")
            assert (await asked(hosted, made, "one")).status_code == 200
            assert questions == ["rebind.example"], "one look for one connection"
            assert f"Host: rebind.example:{outer.port}".lower() in outer.heads[0].lower()
            refused = await asked(hosted, made, "two")
            assert refused.status_code == 502 and "not an allowed target" in refused.text
            first = await test_connection(hosted, "other.example", postgres.port)
            assert "Nothing listens" in first["error"], "tried where it was checked, where nothing is"
            assert questions.count("other.example") == 1
            second = await test_connection(hosted, "other.example", postgres.port)
            assert "not an allowed target" in second["error"]
    assert (len(outer.heads), inner.heads, postgres.startups) == (1, [], [])


async def test_row_10_each_field_of_a_connection_is_read_as_one_value(service: Service) -> None:
    hosts = [
        "/tmp",
        "@abstract",
        "a,b",
        "a b",
        "host=evil",
        "a;b",
        "http://h",
        "h/path",
        "h?x",
        "[::1]",
        "a\nb",
        "'",
        "",
        "x" * 254,
        "h%00",
        "ü.example",
        "h options=-c",
        "service=x",
    ]
    for field in ({"host": host} for host in hosts):
        body = {"name": "c", "mode": "managed", "credentials": service.credentials() | field}
        refused = await service.http.post("/v1/providers/postgresql/connections", json=body)
        assert refused.status_code == 422, field
    for field in ("options", "service", "passfile", "sslkey", "sslcert", "hostaddr", "dsn", "conninfo", "sslrootcert"):
        body = {"name": "c", "mode": "managed", "credentials": service.credentials() | {field: "x"}}
        assert (await service.http.post("/v1/providers/postgresql/connections", json=body)).status_code == 422, field
    tricks = ["host=evil dbname=x", "postgresql://evil/x", "d' host='evil", "d options=-crole=x", "d\\' host=evil"]
    async with fake_postgres("cleartext") as postgres:
        for trick in tricks:
            await test_connection(service, "127.0.0.1", postgres.port, database=trick, user=trick)
    assert [(said["database"], said["user"]) for said in postgres.startups] == [(trick, trick) for trick in tricks]
    assert {said["application_name"] for said in postgres.startups} == {"embedd test"}


@pytest.mark.parametrize("manner", ["mute", "mute after login"])
async def test_point_09_row_14_a_silent_server_holds_no_request(
    service: Service, monkeypatch: pytest.MonkeyPatch, manner: Any
) -> None:
    monkeypatch.setattr("embedd_pg.sources.connect.PATIENCE", 0.5, raising=False)
    async with fake_postgres(manner) as postgres, configured(service) as here:
        credentials = {"host": "127.0.0.1", "port": postgres.port, "database": "d", "user": "u", "password": "c"}
        sent = {"name": "c", "mode": "managed", "credentials": credentials}
        made = await here.post("/v1/providers/postgresql/connections", sent, 201)
        found = {"p_connection_id": made["id"], "p_found": "{}", "p_error": None}
        await here.clients.database.rows("finish_connection_test", **found)
        with psycopg.connect(service.dsn) as session:
            session.execute("update embedd.connections set authentication = 'any'")
        body = here.table_body(made["id"], await here.embedding_provider())
        async with asyncio.timeout(8):
            refused = await here.http.post("/v1/vector-tables", json=body)
        assert refused.json()["error"]["code"] == "source_unreachable", refused.text
        assert "did not answer in time" in refused.text
    assert postgres.startups
