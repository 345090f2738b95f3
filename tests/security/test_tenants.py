"""Tenants: nothing of one is visible to another, and a deleted tenant leaves nothing behind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from embedd_api.app import OPERATIONS
from embedd_api.auth import Needs
from embedd_pg.cli import COMMANDS, GROUPS, build
from embedd_pg.database.call import Actor
from embedd_pg.resources import access, organization
from tests.api.conftest import Service, eventually, load_products, working
from tests.api.test_auth import BODIES, bearer, existing
from tests.api.test_errors import code_of
from tests.api.test_permissions import contents
from tests.conftest import MakeRole
from tests.sql.calls import Pg, acting_as, embedding, refused, row, rows, session, value

COMMAND = build((*COMMANDS, *GROUPS))
PLACED = [operation for operation in OPERATIONS if set(operation.parameters) - {"provider"}]


async def tenant(service: Service, name: str, *, tier: str = "enterprise", role: str = "owner") -> tuple[str, str]:
    """An organization, and a full key of a user of that role in it."""
    database = service.clients.database
    made = await organization.create(database, name, tier=tier)
    actor = Actor(made)
    if role != "owner":
        actor = Actor(made, "", await organization.create_user(database, "somebody", role=role, actor=actor))
    return made, (await access.create_api_key(database, name="k", actor=actor)).key


@pytest.mark.parametrize("role", ["owner", "member"])
async def test_row_19_objects_of_another_organization_are_never_found(service: Service, role: str) -> None:
    """Every route x every method x with and without the victim's environment x ids in the path and in bodies: 404, and
    never 403, which would say that there is something."""
    ids = await existing(service)
    _, key = await tenant(service, "evil", role=role)
    own = bearer(key)
    before = contents(service.dsn)
    by_address = {(operation.path, operation.method): operation for operation in OPERATIONS}
    tried = 0
    for path in sorted({operation.path for operation in PLACED}):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            operation = by_address.get((path, "GET" if method == "HEAD" else method))
            for headers in (own, own | {"X-Environment-Id": ids["environment_id"]}):
                body = BODIES.get(operation.name) if operation else None
                response = await service.http.request(method, path.format(**ids), headers=headers, json=body)
                assert response.status_code == (404 if operation else 405), (method, path, response.text)
                tried += 1
    assert tried == 2 * 6 * len({operation.path for operation in PLACED}) > 100
    mine = {
        "connection_id": (
            await service.http.post(
                "/v1/providers/postgresql/connections", json=BODIES["create_connection"], headers=own
            )
        ).json()["id"],
        "embedding_provider_id": (
            await service.http.post("/v1/embedding-providers", json=BODIES["create_embedding_provider"], headers=own)
        ).json()["id"],
    }
    for field in ("connection_id", "embedding_provider_id"):
        body = BODIES["create_vector_table"] | mine | {field: ids[field]}
        response = await service.http.post("/v1/vector-tables", json=body, headers=own)
        assert response.status_code == 404, (field, response.text)
    usage = await service.http.get(f"/v1/usage?vector_table_id={ids['vector_table_id']}", headers=own)
    assert usage.status_code == 404 or usage.json()["data"] == []
    for operation in OPERATIONS:
        if operation.paged:
            # Only owners read the audit log, and only that of their own organization.
            seen = (await service.http.get(operation.path, headers=own)).json().get("data", [])
            assert not {found["id"] for found in seen} & set(ids.values()), operation.name
    after = contents(service.dsn)
    assert {name for name in before if before[name] != after[name]} <= {"connections", "embedders"}


async def test_point_15_a_disabled_user_is_refused_at_once_until_enabled(service: Service) -> None:
    database = service.clients.database
    user = await organization.create_user(database, "mia")
    key = (await access.create_api_key(database, name="k", actor=Actor(user_id=user))).key
    assert (await service.http.get("/v1/connections", headers=bearer(key))).status_code == 200
    await organization.set_user_disabled(database, "mia", disabled=True)
    for operation in OPERATIONS:
        if operation.needs is not Needs.NOTHING:
            path = operation.path.format(**dict.fromkeys(operation.parameters, "x"))
            response = await service.http.request(operation.method, path, headers=bearer(key))
            assert response.status_code == 401, operation.name
    response = await service.http.get("/v1/connections", headers=bearer(key))
    assert code_of(response) == "key_revoked" and "is disabled" in response.text
    assert await database.value("acting_role", Actor(user_id=user)) is None, "also a request that was let in before"
    await organization.set_user_disabled(database, "mia", disabled=False)
    assert (await service.http.get("/v1/connections", headers=bearer(key))).status_code == 200


async def test_point_15_a_disabled_organization_is_refused_at_once_and_its_sync_pauses(service: Service) -> None:
    load_products(service.dsn)
    made, key = await tenant(service, "acme")
    async with httpx.AsyncClient(
        transport=service.http._transport, base_url="http://embedd", headers=bearer(key)
    ) as http:
        theirs = Service(http, service.clients, key, service.dsn, service.port, service.logs)
        body = theirs.table_body(await theirs.connection(), await theirs.embedding_provider())
        table = (await theirs.post("/v1/vector-tables", body, 201))["id"]
        await theirs.post(f"/v1/vector-tables/{table}/backfill", status=202)
        await organization.set_disabled(service.clients.database, "acme", disabled=True)
        response = await http.get("/v1/connections")
        assert (response.status_code, code_of(response)) == (401, "key_revoked") and "disabled" in response.text
        # Work of another organization continues meanwhile; when it is done, theirs has not begun.
        ours = service.table_body(await service.connection(), await service.embedding_provider())
        other = (await service.post("/v1/vector-tables", ours, 201))["id"]
        async with working(service.clients):
            await service.synced(other)
            with psycopg.connect(service.dsn, autocommit=True) as session:
                rested = session.execute("select status from embedd.tasks where target_id = %s", [table]).fetchall()
                assert rested == [("pending",)]
                resting = session.execute("select sync_status from embedd.status where id = %s", [table]).fetchall()
                assert resting == [("paused",)]
            await organization.set_disabled(service.clients.database, made, disabled=False)
            path = f"/v1/vector-tables/{table}/sync/status"
            await eventually(lambda: theirs.get(path), lambda status: status["sync_status"] == "synced")


def test_point_15_objects_of_a_deleted_user_pass_to_another_and_are_shown_first(pg: Pg) -> None:
    acting_as(pg, organization=value(pg, "create_organization", name="acme", owner_name="ann", tier="enterprise"))
    mia = value(pg, "create_user", name="mia")
    named = {"name": "c", "mode": "managed", "host": "h", "database": "d", "username": "u"}
    record = {
        "p_fields": '{"display_name": "m", "endpoint_url": "http://h", "model_identifier": "m", "dimensionality": 3}',
        "p_provider_type": "OPENAI",
        "p_fingerprint": b"f" * 32,
    }
    for number, user in enumerate((value(pg, "acting_user"), mia)):
        pg.execute("select set_config('embedd.user', %s, false)", [str(user)])
        value(pg, "create_embedder_record", **record, p_id=f"00000000-0000-4000-8000-00000000000{number}")
    value(pg, "create_connection", **named)
    value(pg, "create_api_key", name="k", digest=b"d" * 32, key_prefix="sk_live_abcd")
    pg.execute("select set_config('embedd.user', '', false)")
    shown = rows(pg, "delete_user", user="mia")
    assert [(owned["kind"], owned["name"], owned["fate"]) for owned in shown] == [
        ("API key", "k", "ends"),
        ("connection", "c", "passes to ann"),
        ("embedder", "m", "passes to ann"),
    ]
    assert len(rows(pg, "list_users")) == 2 and len(rows(pg, "list_api_keys")) == 1
    assert refused(pg, "delete_user", user="mia", heir="mia").sqlstate == "EBV01"
    assert refused(pg, "delete_user", user="mia", heir="nobody").sqlstate == "EBN08"
    assert rows(pg, "delete_user", user="mia", confirm=True) == shown
    assert [user["name"] for user in rows(pg, "list_users")] == ["ann"] and rows(pg, "list_api_keys") == []
    owners = pg.execute("select created_by from embedd.connections where name = 'c'").fetchall()
    ann = value(pg, "acting_user")
    assert owners == [{"created_by": ann}]
    (equal,) = pg.execute(
        "select count(*), count(duplicate_key) as unique from embedd.embedders where owner_id = %s", [ann]
    ).fetchall()
    assert equal == {"count": 2, "unique": 1}
    for function in ("disable_user", "delete_user"):
        assert "only owner" in str(refused(pg, function, user="ann").message)
    value(pg, "create_user", name="bob", role="owner")
    value(pg, "disable_user", user="ann")
    assert "only owner" in str(refused(pg, "delete_user", user="bob").message)
    assert row(pg, "get_environment", environment="prod")["name"] == "prod", "bob acts for the organization now"
    rows(pg, "delete_user", user="ann", confirm=True)
    assert [user["name"] for user in rows(pg, "list_users")] == ["bob"]


def test_point_15_the_self_hosted_organization_cannot_be_deleted(pg: Pg) -> None:
    for function in ("disable_organization", "enable_organization", "delete_organization"):
        assert refused(pg, function, organization="org_self_hosted").sqlstate == "EBV01"
        assert refused(pg, function, organization="nobody").sqlstate == "EBN07"
    made = value(pg, "create_organization", name="gone")
    pg.execute("update embedd.organizations set status = 'deleting' where id = %s", [made])
    for function in ("disable_organization", "enable_organization"):
        assert "is being deleted" in str(refused(pg, function, organization="gone").message)


def test_point_15_embedd_admin_is_enough_to_delete_users_and_organizations(
    pg: Pg, installed: str, make_role: MakeRole
) -> None:
    role = make_role()
    pg.execute(f"grant embedd_admin to {role}".encode())
    with session(installed, role) as admin:
        made = value(admin, "create_organization", name="acme")
        acting_as(admin, organization=made)
        value(admin, "create_user", name="mia")
        value(admin, "create_embedder", name="e", provider="local")
        acting_as(admin)
        value(admin, "disable_organization", organization="acme")
        value(admin, "enable_organization", organization="acme")
        acting_as(admin, organization=made)
        value(admin, "disable_user", user="mia")
        rows(admin, "delete_user", user="mia", confirm=True)
        acting_as(admin)
        shown = rows(admin, "delete_organization", organization="acme")
        assert [owned["kind"] for owned in shown] == ["user", "environment", "embedder"]
        assert value(admin, "acting_organization") == "org_self_hosted"
        assert rows(admin, "delete_organization", organization="acme", confirm=True) == shown
        assert len(rows(admin, "list_organizations")) == 1


def left(dsn: str, *traces: str) -> list[str]:
    """The tables of schema embedd that have a row with one of the traces in it. The audit log has to."""
    found = []
    with psycopg.connect(dsn) as session:
        tables = session.execute(
            "select relname from pg_class where relnamespace = 'embedd'::regnamespace and relkind = 'r'"
        ).fetchall()
        for (name,) in tables:
            seen = session.execute(sql.SQL("select t::text from embedd.{} t").format(sql.Identifier(name))).fetchall()
            if name != "audit_log" and any(trace in text for (text,) in seen for trace in traces):
                found.append(name)
    return found


async def test_point_15_row_36_a_deleted_organization_leaves_no_trigger_collection_or_secret(service: Service) -> None:
    load_products(service.dsn)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("create extension if not exists vector")
    made, key = await tenant(service, "acme")
    async with httpx.AsyncClient(
        transport=service.http._transport, base_url="http://embedd", headers=bearer(key)
    ) as http:
        theirs = Service(http, service.clients, key, service.dsn, service.port, service.logs)
        provider = await theirs.embedding_provider()
        tables = []
        async with working(service.clients):
            for mode in ("managed", "platform"):
                body = theirs.table_body(await theirs.connection(mode=mode), provider, name=mode, mode=mode)
                tables.append((await theirs.post("/v1/vector-tables", body, 201))["id"])
                await theirs.synced(tables[-1])
            with psycopg.connect(service.dsn, autocommit=True) as session:
                secrets = [
                    text
                    for (text,) in session.execute(
                        "select password ->> 'ciphertext' from embedd.connections where organization_id = %s"
                        " union all select credentials ->> 'ciphertext' from embedd.embedders"
                        " where organization_id = %s",
                        [made, made],
                    ).fetchall()
                ]
                mirrors = "select count(*) from pg_class where relname like 'embedd\\_vt\\_%%' and relkind = 'r'"
                assert session.execute(mirrors).fetchone() == (3,)
            names, _ = await (await service.clients.qdrant()).names()
            assert any(tables[0] in name for name in names)
            assert {"connections", "embedders", "vector_tables"} <= set(left(service.dsn, made))
        if (recording := service.clients.usage._writing) is not None:
            await recording
        before = contents(service.dsn)
        shown = await organization.delete(service.clients.database, "acme", confirm=False)
        kinds = [owned["kind"] for owned in shown]
        assert kinds == ["user", "API key", "environment", *["connection"] * 2, "embedder", *["vector table"] * 2]
        assert contents(service.dsn) == before
        # While no worker runs: refused at once, embedders and triggers gone, the rest waits for one.
        await organization.delete(service.clients.database, "acme", confirm=True)
        response = await http.get("/v1/connections")
        assert (response.status_code, code_of(response)) == (403, "org_deleting")
        with psycopg.connect(service.dsn, autocommit=True) as session:
            triggers = "select count(*) from pg_trigger where tgname like 'zz_embedd_%'"
            assert session.execute(triggers).fetchone() == (0,)
        assert "embedders" not in left(service.dsn, made)
        async with working(service.clients):

            async def gone() -> list[str]:
                return await asyncio.to_thread(left, service.dsn, made, *tables, *filter(None, secrets))

            assert await eventually(gone, lambda found: found == []) == []
        assert code_of(await http.get("/v1/connections")) == "unauthorized"
        names, _ = await (await service.clients.qdrant()).names()
        assert not any(tables[0] in name for name in names)
        with psycopg.connect(service.dsn, autocommit=True) as session:
            assert session.execute(mirrors).fetchone() == (0,)
            assert session.execute("select count(*) from products").fetchone() == (7,)
    assert (await service.http.get("/v1/connections")).status_code == 200


def test_point_15_the_command_line_shows_what_it_deletes_and_asks(
    pg: Pg, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDD_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(installed)))
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner()

    def told(*arguments: str) -> str:
        result = run.invoke(COMMAND, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    told("orgs", "create", "acme", "--owner", "ann")
    told("users", "create", "mia", "--organization", "acme")
    told("keys", "create", "ci", "--organization", "acme", "--user", "mia")
    assert "refused" in told("users", "disable", "mia", "--organization", "acme")
    assert "are accepted" in told("users", "enable", "mia", "--organization", "acme")
    shown = told("users", "delete", "mia", "--organization", "acme")
    assert "ends" in shown and "Nothing was deleted" in shown
    assert "mia" in told("users", "list", "--organization", "acme")
    assert "Deleted mia" in told("users", "delete", "mia", "--organization", "acme", "--yes")
    assert "mia" not in told("users", "list", "--organization", "acme")
    assert "refused" in told("orgs", "disable", "acme") and "disabled" in told("orgs", "list")
    assert "are accepted" in told("orgs", "enable", "acme")
    assert '"kind": "environment"' in told("orgs", "delete", "acme", "--json")
    assert "Nothing was deleted" in told("orgs", "delete", "acme") and "acme" in told("orgs", "list")
    assert "Deleted acme" in told("orgs", "delete", "acme", "--yes")
    assert [found["id"] for found in rows(pg, "list_organizations")] == ["org_self_hosted"]


async def test_point_15_an_embedder_id_of_another_organization_is_available(service: Service) -> None:
    """A 409 would reveal that the embedder exists; instead both organizations have one, with their own credentials."""
    chosen = "6b1f0e5c-3f2d-4c55-9d0e-0123456789ab"
    _, key = await tenant(service, "acme")
    body = BODIES["create_embedder"] | {"embedderId": chosen}
    mine = [{"Authorization": f"Bearer {service.key}"}, bearer(key)]
    for number, headers in enumerate(mine):
        secret = {
            "kind": "CREDENTIAL_KIND_API_KEY",
            "apiKey": {"inlineSecret": f"sk-canary-{number}", "prefix": "Bearer "},
        }
        sent = body | {"displayName": f"e{number}", "credentials": secret}
        made = await service.http.post("/v1/embedders", json=sent, headers=headers)
        assert (made.status_code, made.json()["embedderId"]) == (201, chosen), made.text
        assert made.headers["location"] == f"/v1/embedders/{chosen}"
        again = await service.http.post("/v1/embedders", json=body | {"apiPath": "/other"}, headers=headers)
        assert (again.status_code, again.json()["message"]) == (409, "This embedderId is taken.")
    shown = f"emb_{chosen.replace('-', '')}"
    for number, headers in enumerate(mine):
        found = await service.http.get(f"/v1/embedders/{chosen}", headers=headers)
        assert found.json()["displayName"] == f"e{number}"
        assert (await service.http.get(f"/v1/embedding-providers/{shown}", headers=headers)).json()["id"] == shown
        listed = (await service.http.get("/v1/embedders", headers=headers)).json()["embedders"]
        assert chosen in [embedder["embedderId"] for embedder in listed]
    changed = await service.http.put(f"/v1/embedders/{chosen}", json={"displayName": "x"}, headers=mine[1])
    assert changed.status_code == 200
    assert (await service.http.delete(f"/v1/embedders/{chosen}", headers=mine[1])).status_code == 204
    assert (await service.http.get(f"/v1/embedders/{chosen}", headers=mine[1])).status_code == 404
    assert (await service.http.get(f"/v1/embedders/{chosen}")).json()["displayName"] == "e0"


NOUNS = {
    "connection": ("create_connection", "/v1/providers/postgresql/connections", 5),
    "embedder": ("create_embedding_provider", "/v1/embedding-providers", 10),
    "API key": ("create_api_key", "/v1/api-keys", 20),
    "environment": ("create_environment", "/v1/environments", 3),
}


@pytest.mark.parametrize("kind", NOUNS)
async def test_point_16_a_tier_limits_the_number_of_objects(service: Service, kind: str) -> None:
    """One more is 403 tier_limit_reached; a deleted object makes room again; a larger tier allows more."""
    operation, path, limit = NOUNS[kind]
    made, key = await tenant(service, "acme", tier="free")
    headers = bearer(key)

    async def one(number: int) -> httpx.Response:
        body = BODIES[operation] | ({"name": f"e{number}"} if kind == "environment" else {})
        with psycopg.connect(service.dsn, autocommit=True) as session:
            session.execute("delete from embedd.request_counts")
        return await service.http.post(path, json=body, headers=headers)

    there = {"API key": 1, "environment": 1}.get(kind, 0)
    answers = [await one(number) for number in range(limit - there + 1)]
    assert [answer.status_code for answer in answers] == [201] * (limit - there) + [403]
    assert code_of(answers[-1]) == "tier_limit_reached" and f"allows {limit} {kind}s" in answers[-1].text
    if kind == "embedder":  # the other face of the same thing
        other = await service.http.post("/v1/embedders", json=BODIES["create_embedder"], headers=headers)
        assert other.status_code == 403 and other.json()["error"] == "PERMISSION_DENIED"
        assert "allows 10 embedders" in other.json()["message"]
    one_made = answers[0].json()
    back = f"{path if kind != 'connection' else '/v1/connections'}/{one_made.get('api_key', one_made)['id']}"
    assert (await service.http.delete(back, headers=headers)).status_code == 204
    assert (await one(100)).status_code == 201
    assert code_of(await one(101)) == "tier_limit_reached"
    await organization.set_tier(service.clients.database, made, tier="pro")
    assert (await one(102)).status_code == 201


def test_point_16_two_concurrent_requests_do_not_both_take_the_last_place(pg: Pg, installed: str) -> None:
    made = value(pg, "create_organization", name="acme")
    acting_as(pg, organization=made)
    value(pg, "create_environment", name="one")
    with psycopg.connect(installed) as other:
        other.execute("select set_config('embedd.organization', %s, false)", [made])
        other.execute("select embedd.create_environment('two')")
        pg.execute("set lock_timeout = '200ms'")
        assert refused(pg, "create_environment", name="three").sqlstate == "55P03", "it waits for its turn"
        other.commit()
    assert refused(pg, "create_environment", name="three").sqlstate == "EBP03"


def test_point_16_the_limits_of_the_tiers_are_documented_and_self_hosting_has_none(pg: Pg) -> None:
    pg.execute("create table products (id int primary key, name text)")
    for number in range(4):
        value(pg, "create_environment", name=f"e{number}")
        value(pg, "create_vector_table", name=f"v{number}", source_table="products", columns=embedding("name"))
    said = (Path(__file__).parents[2] / "docs" / "reference" / "rest-api.md").read_text(encoding="utf-8")
    for tier in ("free", "pro", "business"):
        limits = row(pg, "tier_limits", tier=tier)
        shown = [f"{number:,}" for number in limits.values()]
        assert f"| {tier} | {' | '.join(shown)} |" in said
    assert set(row(pg, "tier_limits", tier="enterprise").values()) == {None}
