"""Permissions, tested over all routes and methods: foreign organizations and environments, read only keys, roles; and
their entries in the audit log."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from embedd_api.auth import Needs
from embedd_api.operation import Operation
from embedd_pg.database.call import Actor
from embedd_pg.resources import access, organization
from tests.api.conftest import Service
from tests.api.test_auth import BODIES, GUARDED, NO_IDS, READING, bearer, call, existing, is_refused, make_organization
from tests.api.test_errors import code_of

WRITES = [operation for operation in GUARDED if operation.needs is Needs.WRITE]
#: Tables that requests change without changing what users see.
APART = ("audit_log", "failed_logins", "request_counts")


def contents(dsn: str) -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with psycopg.connect(dsn) as session:
        names = session.execute(
            "select relname from pg_class where relnamespace = 'embedd'::regnamespace and relkind = 'r' order by 1"
        ).fetchall()
        for (name,) in names:
            if name not in APART:
                table = sql.Identifier("embedd", name)
                rows = session.execute(sql.SQL("select t::text from {} t order by 1").format(table)).fetchall()
                found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


async def member(service: Service, role: str = "member") -> tuple[str, dict[str, str]]:
    """A user of the self-hosted organization: its id, and headers with a full key of theirs."""
    database = service.clients.database
    user = await organization.create_user(database, f"a {role}", role=role)
    made = await access.create_api_key(database, name=role, actor=Actor(user_id=user))
    return user, bearer(made.key)


def test_every_write_operation_has_a_sample_body() -> None:
    for operation in GUARDED:
        assert operation.body is None or operation.name in BODIES, operation.name
        assert set(operation.parameters) <= NO_IDS.keys(), operation.name


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_another_organization_can_neither_see_nor_change_anything(service: Service, method: str) -> None:
    """Every path that names something, with every method, also those it does not have."""
    ids = await existing(service)
    stranger = bearer(make_organization(service.dsn))
    before = contents(service.dsn)
    by_address = {(operation.path, operation.method): operation for operation in GUARDED}
    for path in {operation.path for operation in GUARDED if set(operation.parameters) - {"provider"}}:
        operation = by_address.get((path, "GET" if method == "HEAD" else method))
        body = BODIES.get(operation.name) if operation else None
        response = await service.http.request(method, path.format(**ids), headers=stranger, json=body)
        assert response.status_code == (404 if operation else 405), (method, path, response.text)
    assert contents(service.dsn) == before


async def test_another_environment_can_neither_see_nor_change_anything(service: Service) -> None:
    ids = await existing(service)
    made = await service.post("/v1/environments", {"name": "dev"}, 201)
    headers = bearer(service.key) | {"X-Environment-Id": made["id"]}
    before = contents(service.dsn)
    for operation in GUARDED:
        named = set(operation.parameters) - {"provider"}
        if named and operation.in_environment and not named & {"task_id", "key_id"}:
            response = await call(service, operation, headers, ids)
            assert response.status_code == 404, (operation.name, response.text)
    assert contents(service.dsn) == before


async def test_a_foreign_environment_is_not_found_on_every_route_that_acts_in_one(service: Service) -> None:
    stranger = bearer(make_organization(service.dsn))
    ours = (await service.get("/v1/environments"))["data"][0]["id"]
    before = contents(service.dsn)
    for operation in GUARDED:
        if operation.in_environment:
            response = await call(service, operation, stranger | {"X-Environment-Id": ours})
            assert is_refused(operation, response, "environment_not_found"), operation.name
    assert contents(service.dsn) == before


async def test_read_only_keys_can_change_nothing(service: Service) -> None:
    ids = await existing(service)
    reader = bearer(await service.make_key("read_only"))
    before = contents(service.dsn)
    for operation in GUARDED:
        response = await call(service, operation, reader, ids)
        if operation.needs is Needs.WRITE:
            assert is_refused(operation, response, "permission_denied"), operation.name
        else:
            assert response.status_code != 403, operation.name
    assert contents(service.dsn) == before
    for operation in GUARDED:
        assert (operation.needs is Needs.WRITE) == (operation.method != "GET" and operation.name not in READING), (
            operation.name
        )


async def test_without_a_valid_key_nothing_is_revealed_or_changed(service: Service) -> None:
    ids = await existing(service)
    revoked = await service.post("/v1/api-keys", {"name": "old"}, 201)
    await service.http.delete(f"/v1/api-keys/{revoked['api_key']['id']}")
    before = contents(service.dsn)
    answers: list[tuple[Operation, httpx.Response]] = []
    for headers in ({}, bearer("sk_live_nobody"), {"Authorization": "sk"}, bearer(revoked["key"])):
        answers += [(operation, await call(service, operation, headers, ids)) for operation in GUARDED]
    for operation, response in answers:
        assert is_refused(operation, response, "unauthorized") or is_refused(operation, response, "key_revoked")
    assert contents(service.dsn) == before


async def test_an_organization_being_deleted_is_refused_on_every_route(service: Service) -> None:
    ids = await existing(service)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update embedd.organizations set status = 'deleting'")
    before = contents(service.dsn)
    for operation in GUARDED:
        response = await call(service, operation, bearer(service.key), ids)
        assert is_refused(operation, response, "org_deleting"), operation.name
    assert contents(service.dsn) == before


async def test_a_key_acts_with_the_role_its_user_has_now(service: Service) -> None:
    user, headers = await member(service)
    own = (await service.http.get("/v1/api-keys", headers=headers)).json()["data"]
    assert [key["created_by"] for key in own] == [f"usr_{user.replace('-', '')}"]
    ours = [key["id"] for key in (await service.get("/v1/api-keys"))["data"]]
    assert len(ours) == 2
    foreign = next(key for key in ours if key != own[0]["id"])
    refused = await service.http.delete(f"/v1/api-keys/{foreign}", headers=headers)
    assert (refused.status_code, code_of(refused)) == (404, "api_key_not_found")
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update embedd.users set role = 'admin' where id = %s", [user])
    assert len((await service.http.get("/v1/api-keys", headers=headers)).json()["data"]) == 2
    assert (await service.http.delete(f"/v1/api-keys/{foreign}", headers=headers)).status_code == 204
    assert code_of(await service.http.get("/v1/api-keys")) == "key_revoked"


async def test_a_member_creates_and_revokes_only_their_own_keys(service: Service) -> None:
    user, headers = await member(service)
    made = await service.http.post("/v1/api-keys", json={"name": "mine"}, headers=headers)
    assert made.status_code == 201 and made.json()["api_key"]["created_by"] == f"usr_{user.replace('-', '')}"
    path = f"/v1/api-keys/{made.json()['api_key']['id']}"
    assert (await service.http.delete(path, headers=headers)).status_code == 204
    assert code_of(await service.http.get("/v1/api-keys", headers=bearer(made.json()["key"]))) == "key_revoked"


async def audit(service: Service) -> list[dict[str, Any]]:
    """Entries of the audit log that requests with a key left, oldest first."""
    found = await service.clients.database.rows("list_audit", Actor(), limit=1000)
    return [entry for entry in reversed(found) if entry["key_id"]]


async def test_changes_are_in_the_audit_log_and_reads_are_not(service: Service) -> None:
    made = await service.post("/v1/environments", {"name": "dev"}, 201)
    key = await service.post("/v1/api-keys", {"name": "reader", "permission": "read_only"}, 201)
    await service.http.post("/v1/environments", json={"name": "x"}, headers=bearer(key["key"]))
    await service.http.post("/v1/environments", json={"name": "dev"}, headers={"X-Request-Id": "mine"})
    await service.http.delete(f"/v1/environments/{made['id']}")
    await service.http.delete(f"/v1/api-keys/{key['api_key']['id']}")
    await service.http.delete("/v1/api-keys/key_%00")
    for path in ("environments", "api-keys", "connections"):
        await service.get(f"/v1/{path}")
    found = await audit(service)
    first = (await service.get("/v1/api-keys"))["data"][0]["id"]
    assert [(e["key_id"], e["operation"], e["target"], e["result"]) for e in found] == [
        (first, "create_environment", made["id"], "ok"),
        (first, "create_api_key", key["api_key"]["id"], "ok"),
        (key["api_key"]["id"], "create_environment", None, "permission_denied"),
        (first, "create_environment", None, "name_taken"),
        (first, "delete_environment", made["id"], "ok"),
        (first, "revoke_api_key", key["api_key"]["id"], "ok"),
        (first, "revoke_api_key", None, "api_key_not_found"),
    ]
    assert {e["address"] for e in found} == {"127.0.0.1"}
    assert found[3]["request_id"] == "mine" and all(e["request_id"] for e in found)
    owner = await service.clients.database.value("acting_user")
    assert {e["user_id"] for e in found} == {owner}


async def test_every_operation_that_writes_is_in_the_audit_log(service: Service) -> None:
    ids = await existing(service)
    seen = len(await audit(service))
    reader = bearer(await service.make_key("read_only"))
    for operation in WRITES:
        await call(service, operation, reader, ids)
    entries = (await audit(service))[seen:]
    assert [entry["operation"] for entry in entries] == [operation.name for operation in WRITES]
    assert {entry["result"] for entry in entries} == {"permission_denied"}


async def test_nothing_secret_reaches_the_audit_log(service: Service) -> None:
    await service.connection(mode="managed")
    await service.embedding_provider()
    text = repr(await audit(service))
    assert "create_connection" in text and "canary" not in text and service.key not in text
