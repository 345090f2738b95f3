"""Embedders in use: one row on two faces, fields that vector tables lock, the target of requests, and deletion."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import ASGITransport, AsyncClient

from embedd_api.app import create_app
from embedd_pg.clients import Clients
from embedd_pg.generation import parse_generation
from tests.api.conftest import Service, eventually, load_products, working
from tests.api.test_embedders import BODY, SECRET, create, key_auth, member, refused, send
from tests.support.vendor_stub import Stub

COLUMNS = [{"name": "name", "role": "embedding"}, {"name": "price", "role": "metadata", "filter_type": "float"}]


async def stub_embedder(service: Service, vendor: Stub, **changes: Any) -> dict[str, Any]:
    """An embedder at the stub: 16 dimensions, key in a separate header."""
    vendor.settings.dimensions = 16
    mine = {
        "providerType": "VLLM",
        "endpointUrl": vendor.url,
        "apiPath": "/v1/embeddings",
        "modelIdentifier": "mine",
        "dimensionality": 16,
        "credentials": key_auth(headerName="X-Goog-Api-Key", prefix="Tok "),
    }
    return await create(service, **(mine | changes))


def table_body(embedder: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "name": "t",
        "connection_id": "conn_local",
        "embedding_provider_id": embedder["embedderId"],
        "source_table": "public.products",
        "primary_key_column": "id",
        "embedding_dimensions": embedder["dimensionality"],
        "columns": COLUMNS,
    } | changes


async def table_of(service: Service, embedder: dict[str, Any], **changes: Any) -> str:
    """A vector table over the products, which are loaded with the first."""
    with psycopg.connect(service.dsn) as session:
        loaded = session.execute("select to_regclass('public.products') is not null").fetchone()
    if loaded == (False,):
        load_products(service.dsn)
    return str((await service.post("/v1/vector-tables", table_body(embedder, **changes), 201))["id"])


async def test_texts_are_cut_to_the_sequence_length_of_the_embedder(service: Service, vendor: Stub) -> None:
    made = await stub_embedder(service, vendor, maxSequenceLength=3)
    table = await table_of(service, made)
    async with working(service.clients):
        await service.synced(table)
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "Wireless hea", "limit": 1})
    assert found["results"][0]["embedded_text"] == "Wireless hea"
    assert found["results"][0]["metadata"]["name"] == "Wireless headphones"


async def test_fields_that_vectors_depend_on_cannot_change_while_a_vector_table_uses_the_embedder(
    service: Service, vendor: Stub
) -> None:
    made = await stub_embedder(service, vendor)
    path, table = f"/{made['embedderId']}", await table_of(service, made)
    for core in ({"dimensionality": 8}, {"distributionType": "SPARSE"}, {"modelIdentifier": "other"}):
        refused(await send(service, "PUT", path, core | {"displayName": "x", "mergeLabels": {"a": "b"}}), 412)
        assert (await send(service, "GET", path)).json() == made, "nothing is applied"
    headers, _ = await member(service)
    refused(await send(service, "PUT", path, {"dimensionality": 8}, headers=headers), 403)
    same = {name: made[name] for name in ("dimensionality", "distributionType", "modelIdentifier")}
    free = {
        "displayName": "y",
        "endpointUrl": vendor.url + "/v1",
        "apiPath": "",
        "maxSequenceLength": 3,
        "credentials": key_auth("new"),
        "mergeLabels": {"a": "b"},
        "version": "2",
    }
    assert (await send(service, "PUT", path, same | free)).status_code == 200
    await service.http.delete(f"/v1/vector-tables/{table}")
    assert (await send(service, "PUT", path, {"dimensionality": 8})).json()["dimensionality"] == 8


async def test_requests_go_where_the_embedder_says_with_its_key_in_its_header(service: Service, vendor: Stub) -> None:
    made = await stub_embedder(service, vendor)
    table = await table_of(service, made)
    async with working(service.clients):
        await service.synced(table)
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "garden hose", "limit": 1})
        assert found["results"][0]["metadata"]["name"] == "Garden hose" and found["model"] == "mine"
        assert vendor.stats.authorizations == [f"Tok {SECRET}"]
        moved = {"endpointUrl": vendor.url + "/v1", "apiPath": "", "credentials": key_auth("second")}
        assert (await send(service, "PUT", f"/{made['embedderId']}", moved)).status_code == 200
        await service.post(f"/v1/vector-tables/{table}/query", {"query": "lamp"})
        assert vendor.stats.authorizations == [f"Tok {SECRET}", "Bearer second"]
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute("insert into products (name) values ('a brand new thing')")
        await eventually(lambda: status_of(service, table), lambda s: s["synced_rows"] == 8 and s["rows_pending"] == 0)
    assert vendor.stats.authorizations == [f"Tok {SECRET}", "Bearer second"], "the worker took the new ones too"


@pytest.mark.parametrize(
    ("kind", "model", "size", "base", "path", "asked", "kinds"),
    [
        # Left out, the path is /embeddings; where the vendor has none there, its own is asked.
        ("TEI", "BAAI/bge-m3", 16, "", None, "/embeddings", [None, None]),
        ("TEI", "BAAI/bge-m3", 16, "", "/embed", "/embed", [None, None]),
        ("COHERE", "embed-v4.0", 256, "", None, "/v2/embed", ["search_document", "search_query"]),
        ("COHERE", "mine", 16, "/v2", "/embed", "/v2/embed", ["search_document", "search_query"]),
        ("JINA", "jina-embeddings-v3", 16, "", None, "/v1/embeddings", ["retrieval.passage", "retrieval.query"]),
        ("JINA", "mine", 16, "/v1", None, "/v1/embeddings", [None, None]),
    ],
)
async def test_tei_cohere_and_jina_fill_vector_tables_and_answer_queries(
    service: Service,
    vendor: Stub,
    kind: str,
    model: str,
    size: int,
    base: str,
    path: str | None,
    asked: str,
    kinds: list[str | None],
) -> None:
    made = await stub_embedder(
        service,
        vendor,
        providerType=kind,
        modelIdentifier=model,
        dimensionality=size,
        apiPath=path,
        endpointUrl=vendor.url + base,
        credentials=key_auth(),
    )
    assert made["apiPath"] == (path or "/embeddings")
    table = await table_of(service, made)
    async with working(service.clients):
        await service.synced(table)
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "garden hose", "limit": 1})
    assert found["results"][0]["metadata"]["name"] == "Garden hose" and found["model"] == model
    assert set(vendor.stats.paths) == {asked}
    assert vendor.stats.authorizations == [f"Bearer {SECRET}"]
    bodies = [vendor.stats.bodies[place] for place in (0, -1)]
    assert [body.get("input_type", body.get("task")) for body in bodies] == kinds


async def status_of(service: Service, table: str) -> dict[str, Any]:
    found: dict[str, Any] = await service.get(f"/v1/vector-tables/{table}/sync/status")
    return found


async def test_vectors_outlive_their_embedder_and_the_table_reports_the_missing_one(
    service: Service, vendor: Stub
) -> None:
    made = await stub_embedder(service, vendor)
    table = await table_of(service, made)
    conflict = await service.http.delete(f"/v1/embedding-providers/{made['embedderId']}")
    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "embedding_provider_conflict")
    async with working(service.clients):
        await service.synced(table)
        assert (await send(service, "DELETE", f"/{made['embedderId']}")).status_code == 204
        assert (await service.get(f"/v1/vector-tables/{table}"))["embedding_provider_id"] is None
        assert [t["id"] for t in (await service.get("/v1/vector-tables"))["data"]] == [table]
        asked = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "lamp"})
        assert (asked.status_code, asked.json()["error"]["code"]) == (422, "embedding_provider_missing")
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute(
                "delete from products where name = 'Garden hose'; update products set price = 1 where id = 1"
            )
        rest = await eventually(
            lambda: status_of(service, table), lambda s: s["synced_rows"] == 6 and not s["rows_pending"]
        )
        assert rest["sync_status"] == "synced", "deletes and metadata need no embedder"
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute("insert into products (name) values ('a brand new thing')")
        broken = await eventually(lambda: status_of(service, table), lambda s: s["sync_status"] == "error")
        assert "was deleted" in broken["last_error"] and broken["synced_rows"] == 6
        assert len(await points_of(service, table)) == 6
        other = await stub_embedder(service, vendor, credentials=key_auth("third"))
        path = f"/v1/vector-tables/{table}"
        assert (await service.http.put(path, json={"embedding_provider_id": other["embedderId"]})).status_code == 200
        await eventually(
            lambda: status_of(service, table), lambda s: s["synced_rows"] == 7 and s["sync_status"] == "synced", 90
        )
        found = await service.post(f"{path}/query", {"query": "brand new thing", "limit": 1})
        assert found["results"][0]["metadata"]["name"] == "a brand new thing"


async def points_of(service: Service, table: str) -> list[Any]:
    """Return the rows that the store finds by a vector, without embedding a text."""
    generation = parse_generation(await service.clients.database.value("get_active_generation", vector_table=table))
    store = await service.clients.store(generation)
    return list(await store.search(generation.store.table, [1.0] * 16, limit=100, filter=None, min_score=None))


async def test_an_embedder_of_either_face_exists_on_the_other(service: Service) -> None:
    made = await create(service, credentials=key_auth(), displayName="d" * 255)
    public = f"emb_{made['embedderId'].replace('-', '')}"
    for reference in (public, made["embedderId"]):
        shown = await service.get(f"/v1/embedding-providers/{reference}")
        assert (shown["id"], shown["name"], shown["provider"]) == (public, "d" * 255, "openai")
        assert shown["default_model"] == made["modelIdentifier"] and shown["base_url"] == made["endpointUrl"]
    bodies = {
        ("openai", "text-embedding-3-small"): ("OPENAI", "https://api.openai.com/v1", 1536),
        ("voyage", None): ("VOYAGE", "https://api.voyageai.com/v1", 1024),
        ("gemini", None): ("OPENAI", "https://generativelanguage.googleapis.com/v1beta/openai", 3072),
        ("local", None): ("LLAMA_CPP", "http://localhost/local", 384),
    }
    for (provider, model), expected in bodies.items():
        body = {"name": "p", "provider": provider, "api_key": SECRET, "default_model": model}
        ids = [(await service.post("/v1/embedding-providers", body, 201))["id"] for _ in range(2)]
        shown = (await send(service, "GET", f"/{uuid.UUID(ids[0][4:])}")).json()
        assert (shown["providerType"], shown["endpointUrl"], shown["dimensionality"]) == expected
        assert shown["apiPath"] == "/embeddings" and shown["displayName"] == "p" and shown["modelIdentifier"]
        echoed = {name: value for name, value in shown.items() if name not in ("labels", "ownerId")}
        again = await send(service, "PUT", f"/{shown['embedderId']}", echoed | {"mergeLabels": {"a": "b"}})
        assert again.status_code == 200, "what is sent as it is shown is no change"
        assert again.json() == shown | {"labels": {"a": "b"}, "updatedAt": again.json()["updatedAt"]}
        assert (await service.get(f"/v1/embedding-providers/{ids[0]}"))["default_model"] == (model or None)
        if provider in ("gemini", "local"):
            refused(await send(service, "PUT", f"/{shown['embedderId']}", {"endpointUrl": "http://h"}), 400)
    own = {"name": "own", "provider": "openai", "base_url": "http://H:80/v1/", "default_model": "m"}
    shown = (await service.post("/v1/embedding-providers", own, 201))["id"]
    assert (await send(service, "GET", f"/{uuid.UUID(shown[4:])}")).json()["endpointUrl"] == "http://h/v1"


async def test_embedding_providers_are_changed_and_removed_on_their_own_face(service: Service, vendor: Stub) -> None:
    models = await service.get("/v1/embedding-providers/models")
    assert {"provider": "voyage", "model": "voyage-3.5-lite", "dimensions": 512} in models["data"]
    made = await stub_embedder(service, vendor)
    path = f"/v1/embedding-providers/{made['embedderId']}"
    changed = await service.http.put(path, json={"name": "n", "api_key": "replaced", "default_model": "next"})
    assert changed.status_code == 200 and (changed.json()["name"], changed.json()["default_model"]) == ("n", "next")
    table = await table_of(service, made, embedding_model="mine")
    changed = await service.http.put(path, json={"default_model": "later"})
    assert changed.status_code == 200, "a default binds no vector table that is there"
    assert (await service.get(f"/v1/vector-tables/{table}"))["embedding_model"] == "mine"
    async with working(service.clients):
        await service.synced(table)
    assert vendor.stats.authorizations == ["Bearer replaced"]
    for body, part in (
        ({"nmae": 1}, "nmae"),
        ({"name": ""}, "name"),
        ({"api_key": ""}, "api_key"),
        ({"name": " "}, "name"),
    ):
        wrong = await service.http.put(path, json=body)
        assert wrong.status_code == 422 and part in wrong.text
    twin = await create(
        service,
        **{name: made[name] for name in ("providerType", "endpointUrl", "apiPath")},
        modelIdentifier="z",
        credentials=key_auth("replaced"),
    )
    clash = await service.http.put(f"/v1/embedding-providers/{twin['embedderId']}", json={"default_model": "later"})
    assert (clash.status_code, clash.json()["error"]["code"]) == (409, "embedding_provider_exists")
    headers, _ = await member(service)
    for method, content in (("PUT", b'{"name": "x"}'), ("DELETE", b"")):
        foreign = await service.http.request(method, path, content=content, headers=headers)
        assert (foreign.status_code, foreign.json()["error"]["code"]) == (403, "insufficient_permission")
    await service.http.delete(f"/v1/vector-tables/{table}")
    assert (await service.http.delete(path)).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        gone = await service.http.request(method, path, json={} if method == "PUT" else None)
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "embedding_provider_not_found")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"providerType": "COHERE", "modelIdentifier": "embed-english-v3.0"}, "does not yield 16 dimensions"),
        ({"distributionType": "SPARSE"}, "sparse"),
        ({"supportedModalities": ["IMAGE"]}, "text"),
        ({"providerType": "VOYAGE"}, "'mine' was tried with 16 dimensions and cannot be used"),
        ({"dimensionality": 17}, "embedding_dimensions must be 17"),
    ],
)
async def test_an_embedder_that_cannot_make_the_vectors_is_refused(
    service: Service, vendor: Stub, changes: dict[str, Any], part: str
) -> None:
    made = await stub_embedder(service, vendor, **changes)
    load_products(service.dsn)
    response = await service.http.post("/v1/vector-tables", json=table_body(made, embedding_dimensions=16))
    assert (response.status_code, response.json()["error"]["code"]) == (422, "validation_error")
    assert part in response.json()["error"]["message"]
    assert (await service.get("/v1/vector-tables"))["data"] == []


async def test_only_secrets_that_the_operator_allows_can_be_named(
    service: Service, vendor: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VENDOR_KEY", SECRET)
    (tmp_path / "key").write_text(SECRET + "\n")
    settings = replace(
        service.clients.settings, secret_references=f"env:VENDOR_*={vendor.url}, file:{tmp_path}/*={vendor.url}"
    )
    clients = Clients(settings, service.clients.database)
    headers = {"x-api-key": service.key}
    async with AsyncClient(
        transport=ASGITransport(app=create_app(clients)), base_url="http://e", headers=headers
    ) as http:
        allowed = replace(service, http=http, clients=clients)
        for uri in ("env:VENDOR_KEY", f"file:{tmp_path}/key"):
            reference = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {"uri": uri, "hints": {"a": "b"}}}}
            refused(await send(service, "POST", body=BODY | {"credentials": reference}), 400)
            made = await stub_embedder(allowed, vendor, credentials=reference)
            table = await table_of(allowed, made, name=uri)
            async with working(clients):
                await allowed.synced(table)
            withdrawn = await service.http.post(f"/v1/vector-tables/{table}/query", json={"query": "x"})
            assert (withdrawn.status_code, withdrawn.json()["error"]["code"]) == (502, "embedding_provider_error")
        assert vendor.stats.authorizations == [f"Bearer {SECRET}"]
        for uri in ("env:HOME", "env:EMBEDD_SECRET_KEY", f"file:{tmp_path}/../key", "file:/etc/passwd", "env:VENDOR_*"):
            reference = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"secretRef": {"uri": uri}}}
            message = refused(await send(allowed, "POST", body=BODY | {"credentials": reference}), 400)
            assert "secretRef.uri" in message
    await clients.close()


async def test_credentials_appear_nowhere_and_their_digest_is_keyed(service: Service, vendor: Stub) -> None:
    planted = {
        "kind": "CREDENTIAL_KIND_API_KEY",
        "labels": {"a": "canary-label"},
        "apiKey": {"inlineSecret": SECRET, "prefix": "canary-prefix ", "headerName": "x-canary-header"},
    }
    made = await stub_embedder(service, vendor, credentials=planted)
    answers = [
        (await send(service, "GET", query)).text for query in ("", f"/{made['embedderId']}?includeCredentials=true")
    ]
    for body in ({"credentials": planted, "endpointUrl": SECRET}, {"credentials": SECRET}, {"credentials": [SECRET]}):
        answers.append((await send(service, "PUT", f"/{made['embedderId']}", body)).text)
        answers.append((await send(service, "POST", body=BODY | body)).text)
    answers.append((await send(service, "POST", body=BODY | {"providerType": SECRET, "credentials": planted})).text)
    answers.append(
        (await service.http.put(f"/v1/embedding-providers/{made['embedderId']}", json={"api_key": [SECRET]})).text
    )
    dump = everything(service.dsn)
    for text in ("canary", SECRET):
        assert not [answer for answer in answers if text in answer]
        assert text not in dump and text not in repr(service.logs.entries)
    assert made["embedderId"] in dump
    with psycopg.connect(service.dsn, autocommit=True) as session:
        prints = session.execute(
            "select encode(fingerprint, 'hex') from embedd.embedders where shown_id = %s", [made["embedderId"]]
        ).fetchall()
        assert (await send(service, "DELETE", f"/{made['embedderId']}")).status_code == 204
        assert session.execute("select from embedd.embedders where credentials is not null").fetchall() == []
    assert len(prints[0][0]) == 64


def everything(dsn: str) -> str:
    """All rows of all tables, as text."""
    with psycopg.connect(dsn) as session:
        names = session.execute(
            "select relname from pg_class where relnamespace = 'embedd'::regnamespace and relkind = 'r'"
        ).fetchall()
        return "".join(
            repr(session.execute(f"select t::text from embedd.{name} t".encode()).fetchall()) for (name,) in names
        )
