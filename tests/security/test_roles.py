"""Roles: a member changes only their own objects, of every kind and through every interface."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from embedd_api.app import OPERATIONS
from embedd_api.auth import Needs
from embedd_api.operation import Operation
from embedd_pg.database.call import Actor
from embedd_pg.database.sql_files import sql_directory
from embedd_pg.resources import access, organization
from tests.api.conftest import Service, load_products
from tests.api.test_auth import BODIES, call, is_refused
from tests.api.test_errors import code_of
from tests.api.test_permissions import contents
from tests.sql.calls import Pg, acting_as, embedding, refused, value

#: What each operation over REST takes. One that changes something and is not here is found by the first test.
TAKES = {
    "create_connection": "CREATE_CONNECTION",
    "update_connection": "UPDATE_CONNECTION",
    "test_connection": "UPDATE_CONNECTION",
    "delete_connection": "DELETE_CONNECTION",
    "create_embedding_provider": "CREATE_EMBEDDER",
    "update_embedding_provider": "UPDATE_EMBEDDER",
    "delete_embedding_provider": "DELETE_EMBEDDER",
    "create_embedder": "CREATE_EMBEDDER",
    "update_embedder": "UPDATE_EMBEDDER",
    "delete_embedder": "DELETE_EMBEDDER",
    "create_vector_table": "CREATE_VECTOR_TABLE",
    "update_vector_table": "UPDATE_VECTOR_TABLE",
    "delete_vector_table": "DELETE_VECTOR_TABLE",
    "backfill_vector_table": "UPDATE_VECTOR_TABLE",
    "pause_sync": "UPDATE_VECTOR_TABLE",
    "resume_sync": "UPDATE_VECTOR_TABLE",
    "cancel_task": "UPDATE_VECTOR_TABLE",
    "create_environment": "CREATE_ENVIRONMENT",
    "delete_environment": "DELETE_ENVIRONMENT",
    "create_api_key": "CREATE_API_KEY",
    "revoke_api_key": "DELETE_API_KEY",
}
#: In an order in which each finds what it needs, with what it answers to who may. Environments have their own test.
ORDER = {
    "update_connection": 200,
    "test_connection": 200,
    "update_embedding_provider": 200,
    "update_embedder": 200,
    "update_vector_table": 200,
    "cancel_task": 200,
    "backfill_vector_table": 202,
    "pause_sync": 200,
    "resume_sync": 200,
    "delete_vector_table": 204,
    "delete_embedding_provider": 204,
    "delete_embedder": 204,
    "delete_connection": 204,
    "revoke_api_key": 204,
}
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def test_row_18_every_route_declares_its_access_and_every_change_its_permission() -> None:
    """Without a declaration there is no route: the application cannot even be imported with such an operation."""
    assert {operation.name for operation in OPERATIONS if operation.needs is Needs.WRITE} == TAKES.keys()
    assert {name for name in TAKES if not name.startswith("create_")} == ORDER.keys() | {"delete_environment"}
    assert all(operation.needs in Needs for operation in OPERATIONS)
    assert {name: BY_NAME[name].permission for name in TAKES} == TAKES
    assert {o.name for o in OPERATIONS if o.needs is Needs.NOTHING} == {"get_health"}
    with pytest.raises(TypeError, match="must name the permission"):
        replace(BY_NAME["pause_sync"], permission=None)
    with pytest.raises(TypeError, match="needs"):
        Operation(name="x", method="POST", path="/x", summary="x", handler=BY_NAME["pause_sync"].handler)  # type: ignore[call-arg]


@asynccontextmanager
async def as_user(service: Service, role: str, name: str) -> AsyncIterator[Service]:
    """The same service for a user of this role, with a key of theirs."""
    user = await organization.create_user(service.clients.database, name, role=role)
    made = await access.create_api_key(service.clients.database, name=name, actor=Actor(user_id=user))
    headers = {"Authorization": f"Bearer {made.key}"}
    async with httpx.AsyncClient(transport=service.http._transport, base_url="http://embedd", headers=headers) as http:
        yield replace(service, http=http, key=made.key)


async def furnished(service: Service) -> dict[str, str]:
    """One of everything, made by the user whose service this is; ids by the names of the paths' parameters."""
    connection = await service.connection()
    provider, unused = await service.embedding_provider(), await service.embedding_provider()
    body = service.table_body(connection, provider)
    table = (await service.post("/v1/vector-tables", body, 201))["id"]
    task = await service.post(f"/v1/vector-tables/{table}/backfill", status=202)
    key = await service.post("/v1/api-keys", {"name": "k"}, 201)
    return {
        "connection_id": connection,
        "embedding_provider_id": provider,
        "embedder_id": str(UUID(unused[4:])),
        "vector_table_id": table,
        "task_id": task["task_id"],
        "key_id": key["api_key"]["id"],
    }


def synced(dsn: str) -> None:
    """Put the database into the state after workers have finished all work."""
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute("update embedd.tasks set status = 'completed', finished_at = now() where status = 'pending'")
        session.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now()")


def cleaned(dsn: str) -> None:
    """Put the database into the state after a worker has removed dropped stores."""
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute("delete from embedd.vector_tables where dropped_at is not null")


async def attempt(service: Service, name: str, ids: dict[str, str]) -> httpx.Response:
    path = BY_NAME[name].path.format(**ids)
    return await service.http.request(BY_NAME[name].method, path, json=BODIES.get(name))


async def test_point_06_row_46_a_member_changes_only_their_own_objects_and_owner_and_admin_all(
    service: Service,
) -> None:
    """The matrix: role x operation x whose. Refusals name the permission and change nothing."""
    load_products(service.dsn)
    async with as_user(service, "member", "other") as other:
        for role in ("owner", "admin", "member"):
            async with as_user(service, role, f"the {role}") as user:
                for maker in (user, other):
                    ids = await furnished(maker)
                    may = maker is user or role != "member"
                    before = contents(service.dsn)
                    for name, status in ORDER.items():
                        if may and name == "pause_sync":
                            synced(service.dsn)
                        if may and name == "delete_connection":
                            cleaned(service.dsn)
                        response = await attempt(user, name, ids)
                        place = (role, name, "own" if maker is user else "another's", response.text)
                        if may:
                            assert response.status_code == status, place
                        elif name == "revoke_api_key":  # another's keys are not even listed
                            assert (response.status_code, code_of(response)) == (404, "api_key_not_found"), place
                        else:
                            assert is_refused(BY_NAME[name], response, "insufficient_permission"), place
                            assert f"The permission {TAKES[name]}_ANY is needed" in response.text, place
                    assert may or contents(service.dsn) == before
                for name in ("create_connection", "create_embedding_provider", "create_embedder", "create_api_key"):
                    assert (await attempt(user, name, {"provider": "postgresql"})).status_code == 201, (role, name)


async def test_point_06_a_member_cannot_make_the_service_call_another_users_server(service: Service) -> None:
    """A test of a connection sends its password; a change of a vector table asks its source."""
    load_products(service.dsn)
    ids = await furnished(service)
    asked: list[str] = []
    secret = service.clients.connections.address

    async def watched(connection_id: str) -> Any:
        asked.append(connection_id)
        return await secret(connection_id)

    service.clients.connections.address = watched  # type: ignore[method-assign]
    async with as_user(service, "member", "mallory") as mallory:
        assert code_of(await attempt(mallory, "test_connection", ids)) == "insufficient_permission"
        changed = {"columns": [{"name": "name", "role": "embedding"}]}
        refusal = await mallory.http.put(f"/v1/vector-tables/{ids['vector_table_id']}", json=changed)
        assert code_of(refusal) == "insufficient_permission"
    assert asked == []


async def test_point_06_members_have_no_vector_tables_over_local(service: Service) -> None:
    """It reads with the service's rights: a member had salaries from it."""
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("create table salaries (id int primary key, who text); insert into salaries values (1, 'ann')")
    local = next(c["id"] for c in (await service.get("/v1/connections"))["data"] if c["name"] == "local")
    body = {
        "name": "pay",
        "connection_id": local,
        "embedding_provider_id": await service.embedding_provider(),
        "source_table": "public.salaries",
        "primary_key_column": "id",
        "embedding_dimensions": 1536,
        "columns": [{"name": "who", "role": "embedding"}],
    }
    async with as_user(service, "member", "mia") as mia:
        before = contents(service.dsn)
        refusal = await mia.http.post("/v1/vector-tables", json=body)
        assert code_of(refusal) == "insufficient_permission" and "CREATE_VECTOR_TABLE_ANY" in refusal.text
        assert contents(service.dsn) == before
        for role in ("owner", "admin"):
            async with as_user(service, role, f"the {role}") as user:
                made = (await user.post("/v1/vector-tables", body, 201))["id"]
        # One of theirs from before is nobody's own either.
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute(
                "update embedd.vector_tables set created_by = (select id from embedd.users where name = 'mia')"
            )
        before = contents(service.dsn)
        ids = {"vector_table_id": made, "connection_id": local}
        for name in (
            "update_vector_table",
            "backfill_vector_table",
            "pause_sync",
            "delete_vector_table",
            "update_connection",
            "test_connection",
            "delete_connection",
        ):
            assert code_of(await attempt(mia, name, ids)) == "insufficient_permission", name
        assert contents(service.dsn) == before
    assert (await attempt(service, "delete_vector_table", ids)).status_code == 204


async def test_point_06_deleting_an_environment_needs_the_right_to_everything_in_it(service: Service) -> None:
    async with as_user(service, "member", "mia") as mia, as_user(service, "admin", "ada") as ada:
        made = (await mia.post("/v1/environments", {"name": "dev"}, 201))["id"]
        inside = {"X-Environment-Id": made}
        body = BODIES["create_embedding_provider"]
        assert (await service.http.post("/v1/embedding-providers", json=body, headers=inside)).status_code == 201
        before = contents(service.dsn)
        refusal = await mia.http.delete(f"/v1/environments/{made}")
        assert code_of(refusal) == "insufficient_permission" and "DELETE_ENVIRONMENT_ANY" in refusal.text
        prod = (await service.get("/v1/environments"))["data"][0]["id"]
        assert code_of(await mia.http.delete(f"/v1/environments/{prod}")) == "insufficient_permission"
        for user in (service, ada):
            kept = await user.http.delete(f"/v1/environments/{prod}")
            assert (kept.status_code, code_of(kept)) == (409, "environment_conflict")
        assert contents(service.dsn) == before
        assert (await ada.http.delete(f"/v1/environments/{made}")).status_code == 204


async def test_point_06_a_refusal_reveals_only_what_a_member_may_see(service: Service) -> None:
    """What does not exist is 404 also for a member, and another organization's things are not told from it."""
    async with as_user(service, "member", "mia") as mia:
        for name in ORDER:
            operation = BY_NAME[name]
            response = await call(service, operation, {"Authorization": f"Bearer {mia.key}"})
            assert response.status_code == 404, (name, response.text)


#: In SQL: what changes things that belong to somebody, with what it is called; the rest is the operator's, or nobody's.
OWNED: dict[str, dict[str, Any]] = {
    "update_connection": {"connection": "c", "name": "x"},
    "delete_connection": {"connection": "c"},
    "update_vector_table": {"vector_table": "v", "name": "x"},
    "drop_vector_table": {"vector_table": "v"},
    "backfill": {"vector_table": "v"},
    "verify": {"vector_table": "v"},
    "pause_sync": {"vector_table": "v"},
    "resume_sync": {"vector_table": "v"},
    "retry_dead_letters": {"vector_table": "v"},
    "cancel_task": {},
    "update_embedder": {"embedder": "e", "name": "x"},
    "delete_embedder": {"embedder": "e"},
    "set_embedder_details": {"embedder": "e", "description": "x"},
    "set_token_budget": {"embedder": "e", "monthly_tokens": 1},
    "set_rate_limits": {"embedder": "e", "requests_per_minute": 1, "tokens_per_minute": 1},
    "delete_environment": {"environment": "dev"},
    "revoke_api_key": {},
}
CREATES = {"create_connection", "create_vector_table", "create_embedder", "create_environment", "create_api_key"}
OPERATORS = {
    "disable_user",
    "enable_user",
    "delete_user",
    "disable_organization",
    "enable_organization",
    "delete_organization",
    "create_local_connection",
    "create_organization",
    "create_user",
    "set_tier",
    "set_price",
    "add_model",
    "remove_model",
    "adopt",
    "detach",
    "search",
    "embed",
}


def public_functions() -> set[str]:
    """Those for users that may change something: public ones have plain names for parameters, ours begin with p_."""
    found = set()
    for path in (sql_directory() / "control" / "functions").rglob("*.sql"):
        text = path.read_text()
        said = re.search(r"comment on function embedd\.\w+\(", text)
        head = text.partition("as $$")[0]
        if said and not re.search(r"\b(stable|immutable)\b", head) and not re.search(r"\(\s*p_", head):
            found.add(path.stem)
    return found


def test_row_18_every_sql_function_that_changes_something_checks_a_permission_or_is_for_the_operator() -> None:
    assert public_functions() == OWNED.keys() | CREATES | OPERATORS


def test_point_06_row_46_sql_functions_check_the_same_permissions(pg: Pg) -> None:
    pg.execute("create table products (id int primary key, name text)")
    named = {"name": "c", "mode": "managed", "host": "h", "database": "d", "username": "u"}
    acting_as(pg, organization=value(pg, "create_organization", name="acme", tier="enterprise"))
    connection = value(pg, "create_connection", **named)
    value(pg, "create_embedder", name="e", provider="local")
    value(pg, "create_environment", name="dev")
    pg.execute(
        "update embedd.connections set host = null, status = 'connected', capture = 'trigger' where id = %s",
        [connection],
    )
    value(
        pg,
        "create_vector_table",
        name="v",
        source_table="products",
        columns=embedding("name"),
        connection="c",
        embedder="e",
    )
    pg.execute("update embedd.connections set host = 'h', capture = 'poll' where id = %s", [connection])
    key = value(pg, "create_api_key", name="k", digest=b"d" * 32, key_prefix="sk_live_abcd")
    task = value(pg, "backfill", vector_table="v")
    calls = {**OWNED, "cancel_task": {"task": task}, "revoke_api_key": {"api_key": key}}
    acting_as_user = "select set_config('embedd.user', %s, false)"
    mia = value(pg, "create_user", name="mia")
    pg.execute(acting_as_user, [str(mia)])
    for name, arguments in calls.items():
        told = refused(pg, name, **arguments)
        if name == "revoke_api_key":
            assert told.sqlstate == "EBN06"
        else:
            assert told.sqlstate == "EBP04" and "_ANY is needed" in str(told.message), (name, told)


def test_point_06_a_caller_who_is_not_a_user_has_no_permission(pg: Pg) -> None:
    """A user of another organization, and one that does not exist, hold no permission on any noun."""
    acme = value(pg, "create_organization", name="acme")
    acting_as(pg, organization=acme)
    theirs = value(pg, "acting_user")
    acting_as(pg)
    for user in (theirs, "00000000-0000-4000-8000-000000000000"):
        pg.execute("select set_config('embedd.user', %s, false)", [str(user)])
        for noun in ("connection", "embedder", "vector_table", "environment", "api_key"):
            for operation in ("create", "read", "list", "update", "delete"):
                for scope in ("own", "any"):
                    assert value(pg, "has_permission", p_operation=operation, p_noun=noun, p_scope=scope) is False
            for owner in (user, None):
                told = refused(pg, "require_permission", p_operation="update", p_noun=noun, p_owner=owner)
                assert told.sqlstate == "EBP04"
    with pytest.raises(psycopg.Error, match="knows no update table any"):
        value(pg, "has_permission", p_operation="update", p_noun="table", p_scope="any")
