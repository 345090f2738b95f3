"""Access: every route is called with every kind of key, and from other organizations and environments."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from embedd_api.app import OPERATIONS
from embedd_api.auth import Needs, authorize
from embedd_api.goodmem.face import GOODMEM
from embedd_api.operation import Operation
from embedd_pg.errors import PermissionDenied
from embedd_pg.resources.access import Principal
from tests.api.conftest import Service
from tests.support.errors import declared

GUARDED = [operation for operation in OPERATIONS if operation.needs is not Needs.NOTHING]

#: A body that is valid in form, by operation.
BODIES: dict[str, Any] = {
    "create_connection": {
        "name": "x",
        "mode": "managed",
        "credentials": {"host": "127.0.0.1", "database": "d", "user": "u", "password": "p"},
    },
    "create_embedding_provider": {"name": "x", "provider": "openai", "api_key": "sk-x"},
    "create_vector_table": {
        "name": "x",
        "connection_id": "conn_none",
        "embedding_provider_id": f"emb_{'0' * 32}",
        "source_table": "public.products",
        "primary_key_column": "id",
        "embedding_dimensions": 384,
        "columns": [{"name": "name", "role": "embedding"}],
    },
    "create_embedder": {
        "displayName": "x",
        "providerType": "OPENAI",
        "endpointUrl": "https://api.openai.com/v1",
        "modelIdentifier": "text-embedding-3-small",
        "dimensionality": 1536,
        "distributionType": "DENSE",
    },
    "update_embedder": {"displayName": "renamed"},
    "update_embedding_provider": {"name": "renamed"},
    "update_connection": {"name": "renamed"},
    "update_vector_table": {"name": "renamed"},
    "query_vector_table": {"query": "x"},
    "query_vector_table_together": {"queries": [{"query": "x"}]},
    "embed_text": {"text": "x"},
    "create_environment": {"name": "made"},
    "create_api_key": {"name": "x"},
}

#: Operations that read although their method is POST.
READING = ("query_vector_table", "query_vector_table_together", "embed_text")

NO_IDS = {
    "connection_id": "conn_none",
    "embedding_provider_id": f"emb_{'0' * 32}",
    "vector_table_id": "vt_none",
    "embedder_id": "00000000-0000-4000-8000-000000000000",
    "environment_id": "env_none",
    "task_id": "task_none",
    "key_id": "key_none",
    "provider": "postgresql",
}

NOT_FOUND = {
    "environment_id": "environment_not_found",
    "embedder_id": "embedding_provider_not_found",
    "connection_id": "connection_not_found",
    "embedding_provider_id": "embedding_provider_not_found",
    "vector_table_id": "vector_table_not_found",
    "task_id": "task_not_found",
    "key_id": "api_key_not_found",
}


async def call(
    service: Service, operation: Operation, headers: dict[str, str], ids: dict[str, str] | None = None
) -> httpx.Response:
    """The operation with just these headers."""
    transport = service.http._transport
    path = operation.path.format(**(ids or NO_IDS))
    async with httpx.AsyncClient(transport=transport, base_url="http://embedd") as bare:
        return await bare.request(operation.method, path, headers=headers, json=BODIES.get(operation.name))


def is_refused(operation: Operation, response: httpx.Response, code: str) -> bool:
    """Return whether the answer refuses with this code; GoodMem's operations are compared by status only."""
    status = operation.face.status_of(declared(code))
    told = operation.face is GOODMEM or response.json()["error"]["code"] == code
    return bool(response.status_code == status and told)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_every_route_refuses_missing_malformed_unknown_and_revoked_keys(service: Service) -> None:
    revoked = await service.post("/v1/api-keys", {"name": "old"}, 201)
    gone = await service.http.delete(f"/v1/api-keys/{revoked['api_key']['id']}")
    assert gone.status_code == 204
    refused: list[tuple[dict[str, str], str]] = [
        ({}, "unauthorized"),
        ({"Authorization": service.key}, "unauthorized"),
        ({"Authorization": "Bearer"}, "unauthorized"),
        ({"Authorization": "Basic c2s6c2s="}, "unauthorized"),
        (bearer("sk_live_" + "a" * 43), "unauthorized"),
        (bearer("\xe9" * 20), "unauthorized"),
        (bearer("x" * 5000), "unauthorized"),
        ({"x-api-key": "sk_live_unknown"}, "unauthorized"),
        (bearer(revoked["key"]), "key_revoked"),
        ({"x-api-key": revoked["key"]}, "key_revoked"),
    ]
    for operation in GUARDED:
        for headers, code in refused:
            encoded = {name: value.encode("latin-1") for name, value in headers.items()}
            response = await call(service, operation, encoded)  # type: ignore[arg-type]
            assert is_refused(operation, response, code), (operation.name, headers)
            assert response.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_stays_listed_and_one_without_read_only_stays_full(service: Service) -> None:
    made = await service.post("/v1/api-keys", {"name": "reader", "permission": "read_only"}, 201)
    assert made.keys() == {"key", "api_key"}
    fields = ("id", "org_id", "name", "key_prefix", "permission", "created_by", "created_at", "revoked_at")
    assert tuple(made["api_key"]) == (*fields, "expires_at", "minted_by")
    assert made["api_key"]["permission"] == "read_only" and made["api_key"]["revoked_at"] is None
    assert made["key"].startswith("sk_live_") and len(made["key"]) == 59
    assert made["api_key"]["key_prefix"] == made["key"][:12]
    await service.http.delete(f"/v1/api-keys/{made['api_key']['id']}")
    listed = {key["id"]: key for key in (await service.get("/v1/api-keys"))["data"]}
    assert listed[made["api_key"]["id"]]["revoked_at"] is not None
    assert len(listed) == 2


async def test_read_only_keys_read_and_query_and_change_nothing(service: Service) -> None:
    reader = bearer(await service.make_key("read_only"))
    for operation in GUARDED:
        response = await call(service, operation, reader)
        reads = operation.method == "GET" or operation.name in READING
        if reads:
            assert response.status_code in (200, 404), operation.name
        else:
            # GoodMem's contract answers 404 before 403.
            expected = "embedding_provider_not_found" if "embedder_id" in operation.parameters else "permission_denied"
            assert is_refused(operation, response, expected), operation.name


async def test_x_api_key_works_like_a_bearer_key(service: Service) -> None:
    listing = next(o for o in GUARDED if o.name == "list_connections")
    assert (await call(service, listing, {"x-api-key": service.key})).status_code == 200
    assert (await call(service, listing, {"authorization": f"bEaReR {service.key}"})).status_code == 200


def test_an_unknown_permission_allows_nothing() -> None:
    for needs in Needs:
        with pytest.raises(PermissionDenied):
            authorize(Principal("key_x", "org_x", "usr_x", "superuser"), needs)
    with pytest.raises(PermissionDenied):
        authorize(Principal("key_x", "org_x", "usr_x", "full"), Needs.NOTHING)


async def test_ids_that_do_not_exist_are_not_found_on_every_route(service: Service) -> None:
    for odd in ("none", "conn_none'", "vt_x%00", "..%2f..", "a" * 300, "é"):
        for operation in GUARDED:
            named = [name for name in operation.parameters if name != "provider"]
            if not named:
                continue
            response = await call(service, operation, bearer(service.key), NO_IDS | {named[0]: odd})
            expected = (400, 404) if operation.face is GOODMEM else (404,)
            assert response.status_code in expected, (operation.name, odd)
    for operation in GUARDED:
        for name in operation.parameters:
            if name in NOT_FOUND:
                response = await call(service, operation, bearer(service.key))
                assert is_refused(operation, response, NOT_FOUND[name]), operation.name


async def test_an_unknown_environment_is_not_found_on_every_route(service: Service) -> None:
    for environment in ("env_none", "\xff", "x" * 500):
        for operation in (one for one in GUARDED if one.in_environment):
            headers = bearer(service.key) | {"X-Environment-Id": environment}
            encoded = {name: value.encode("latin-1") for name, value in headers.items()}
            response = await call(service, operation, encoded)  # type: ignore[arg-type]
            assert is_refused(operation, response, "environment_not_found"), operation.name


async def existing(service: Service) -> dict[str, str]:
    """The ids of one thing of each kind."""
    table = await service.vector_table()
    task = await service.post(f"/v1/vector-tables/{table}/backfill", status=202)
    row = await service.get(f"/v1/vector-tables/{table}")
    keys = (await service.get("/v1/api-keys"))["data"]
    environments = (await service.get("/v1/environments"))["data"]
    return {
        "environment_id": environments[0]["id"],
        "embedder_id": str(UUID(row["embedding_provider_id"][4:])),
        "connection_id": row["connection_id"],
        "embedding_provider_id": row["embedding_provider_id"],
        "vector_table_id": table,
        "task_id": task["task_id"],
        "key_id": keys[0]["id"],
        "provider": "postgresql",
    }


async def test_another_organization_finds_nothing_of_the_first(service: Service) -> None:
    ids = await existing(service)
    stranger = bearer(make_organization(service.dsn))
    for operation in GUARDED:
        if set(operation.parameters) - {"provider"}:
            response = await call(service, operation, stranger, ids)
            assert is_refused(operation, response, NOT_FOUND[operation.parameters[0]]), operation.name
        elif operation.paged:
            seen = (await call(service, operation, stranger)).json()["data"]
            assert not {row["id"] for row in seen} & set(ids.values()), operation.name
    body = BODIES["create_vector_table"] | {"connection_id": ids["connection_id"]}
    foreign = await service.http.post("/v1/vector-tables", json=body, headers=stranger)
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (404, "connection_not_found")
    # All of it is still there for its owner.
    for path in ("connections", "vector-tables", "embedding-providers", "api-keys", "tasks"):
        assert (await service.get(f"/v1/{path}"))["data"], path
    headers = stranger | {"X-Environment-Id": (await service.get("/v1/connections"))["data"][0]["environment_id"]}
    response = await service.http.get("/v1/connections", headers=headers)
    assert response.json()["error"]["code"] == "environment_not_found"


async def test_another_environment_has_other_objects_but_the_same_keys_and_tasks(service: Service) -> None:
    ids = await existing(service)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute(
            "insert into embedd.environments (id, organization_id, name) values ('env_dev', 'org_self_hosted', 'dev')"
        )
    headers = bearer(service.key) | {"X-Environment-Id": "env_dev"}
    for operation in GUARDED:
        named = [name for name in operation.parameters if name != "provider"]
        if not named or not operation.in_environment or operation.name == "revoke_api_key":
            continue
        response = await call(service, operation, headers, ids)
        assert response.status_code == (200 if named == ["task_id"] else 404), operation.name
    provider = await service.http.post(
        "/v1/embedding-providers", headers=headers, json=BODIES["create_embedding_provider"]
    )
    body = BODIES["create_vector_table"] | {
        "connection_id": ids["connection_id"],
        "embedding_provider_id": provider.json()["id"],
    }
    refused = await service.http.post("/v1/vector-tables", headers=headers, json=body)
    assert refused.json()["error"]["code"] == "connection_not_found"
    body["connection_id"] = (await service.connection_in(headers))["id"]
    body["embedding_provider_id"] = ids["embedding_provider_id"]
    refused = await service.http.post("/v1/vector-tables", headers=headers, json=body)
    assert refused.json()["error"]["code"] == "embedding_provider_not_found"


async def test_an_organization_that_is_being_deleted_is_refused(service: Service) -> None:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update embedd.organizations set status = 'deleting'")
    response = await service.http.get("/v1/connections")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "org_deleting")


def make_organization(dsn: str) -> str:
    """A second organization; returns a full key of its owner."""
    key = "sk_live_" + "Z" * 43
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute("insert into embedd.organizations (id, name, tier) values ('org_other', 'other', 'enterprise')")
        session.execute(
            "insert into embedd.environments (organization_id, name) values ('org_other', 'prod');"
            "insert into embedd.users (organization_id, name, role) values ('org_other', 'o', 'owner')"
        )
        session.execute(
            "insert into embedd.api_keys (organization_id, user_id, name, digest, key_prefix)"
            " select organization_id, id, 'k', %s, %s from embedd.users where organization_id = 'org_other'",
            (hashlib.sha256(key.encode()).digest(), key[:12]),
        )
    return key
