"""The audit log: every change, through every interface, is in it, and no user can change it or forge more than the
description of their own operation."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest

from embedd_pg.credentials import SecretBox, new_key_text
from embedd_pg.database.call import Actor
from embedd_pg.database.sql_files import sql_directory
from embedd_pg.envelopes import seal_password
from embedd_pg.resources import access, organization
from tests.api.conftest import Service
from tests.api.test_auth import bearer
from tests.api.test_errors import code_of
from tests.conftest import MakeRole
from tests.sql.calls import Pg, acting_as, session
from tests.support.command import embedd
from tests.support.environment import clean_environment


def entries(pg: Pg, organization_id: str = "") -> list[dict[str, Any]]:
    acting_as(pg, organization=organization_id)
    return list(reversed(pg.execute("select * from embedd.list_audit()").fetchall()))


def command(dsn: str, *arguments: str, **more: str) -> str:
    """Return the output of an embedd command."""
    clean = clean_environment()
    url = "postgresql:///?" + "&".join(f"{k}={v}" for k, v in psycopg.conninfo.conninfo_to_dict(dsn).items())
    done = embedd(*arguments, environment=clean | {"EMBEDD_DATABASE_URL": url, "COLUMNS": "200"} | more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_point_14_changes_by_sql_commands_and_rotation_are_in_the_log(installed: str, make_role: MakeRole) -> None:
    admin = make_role("login in role embedd_admin")
    with session(installed, admin) as managing:
        managing.execute("select embedd.create_environment('staging')")
        with pytest.raises(psycopg.Error):
            managing.execute("select embedd.create_environment('staging')")
        managing.execute(
            "select embedd.create_connection(name => 'shop', mode => 'managed', host => 'db.example.com',"
            " database => 'shop', username => 'reader')"
        )
    old, new = new_key_text(), new_key_text()
    with session(installed) as root:
        (place,) = root.execute(
            "select s.* from embedd.connections c, embedd_internal.connection_secret(c.id) s where c.name = 'shop'"
        ).fetchall()
        sealed = seal_password(SecretBox.from_text(old, None), "pw", place)
        root.execute("update embedd.connections set password = %s where name = 'shop'", [sealed])
    made = json.loads(command(installed, "keys", "create", "ci", "--json"))["api_key"]["id"]
    command(installed, "keys", "revoke", made)
    command(installed, "secrets", "rotate", EMBEDD_SECRET_KEY=new, EMBEDD_PREVIOUS_SECRET_KEY=old)
    with session(installed) as root:
        found = entries(root)
        me = root.execute("select session_user as me").fetchall()[0]["me"]
    assert [(e["operation"], e["door"], e["role"], e["result"]) for e in found] == [
        ("create_environment", "sql", admin, "ok"),
        ("create_connection", "sql", admin, "ok"),
        ("create_api_key", "cli", me, "ok"),
        ("revoke_api_key", "cli", me, "ok"),
        ("rotate_secret", "cli", me, "ok"),
    ]
    assert [e["target"] for e in found][2:] == [made, made, place["id"]]
    assert all(e["user_id"] for e in found)
    shown = command(installed, "audit", "--limit", "2")
    assert "rotate_secret" in shown and "create_environment" not in shown
    assert [e["operation"] for e in json.loads(command(installed, "audit", "--json"))] == [
        e["operation"] for e in reversed(found)
    ]


def test_point_14_every_function_that_changes_something_leaves_an_entry() -> None:
    """Public functions have comments; every public function that writes must record an audit entry."""
    written = re.compile(r"\b(insert into|update|delete from) embedd\.|for (no key )?update")
    silent = {
        path.stem
        for path in (sql_directory() / "control" / "functions").rglob("*.sql")
        if f"comment on function embedd.{path.stem}(" in (text := path.read_text())
        and not re.search(r"\b(stable|immutable)\b", text.partition("as $")[0])
        and written.search(text)
        and "embedd_internal.note_change(" not in text
    }
    assert silent == set()


async def test_point_14_a_request_is_recorded_once_with_its_key_and_owners_read_the_log_in_pages(
    service: Service,
) -> None:
    for name in ("one", "two", "three"):
        await service.post("/v1/environments", {"name": name}, 201)
    first = await service.get("/v1/audit-log?limit=2")
    assert [(e["operation"], e["door"], e["result"]) for e in first["data"]] == [
        ("create_environment", "rest", "ok")
    ] * 2
    assert {e["address"] for e in first["data"]} == {"127.0.0.1"} and all(e["key_id"] for e in first["data"])
    rest = await service.get(f"/v1/audit-log?cursor={first['pagination']['next_cursor']}")
    # The key of the fixture was made without a request.
    assert [(e["operation"], e["door"]) for e in rest["data"]] == [
        ("create_environment", "rest"),
        ("create_api_key", "sql"),
    ]
    assert rest["pagination"]["next_cursor"] is None
    database = service.clients.database
    for role in ("admin", "member"):
        user = await organization.create_user(database, f"an {role}", role=role)
        key = await access.create_api_key(database, name=role, actor=Actor(user_id=user))
        refused = await service.http.get("/v1/audit-log", headers=bearer(key.key))
        assert (refused.status_code, code_of(refused)) == (403, "insufficient_permission")
    forged = await service.http.get("/v1/audit-log?cursor=eyJhdCI6ICIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsICJpZCI6ICJrZXlfeCJ9")
    assert forged.status_code == 200


async def test_point_14_failed_logins_are_counted_by_address_and_minute(service: Service) -> None:
    """Only owners of the operator's organization see them, because a wrong key belongs to no one else; a request
    without a key is not a login."""
    for key in ("sk_live_wrong", "sk_live_wrong", "anything"):
        assert (await service.http.get("/v1/tasks", headers=bearer(key))).status_code == 401
    await service.http.get("/v1/tasks", headers={"Authorization": ""})
    failed = [e for e in (await service.get("/v1/audit-log"))["data"] if e["operation"] == "failed_login"]
    assert sum(e["attempts"] for e in failed) == 3 and len(failed) <= 2  # a minute may begin meanwhile
    assert {(e["address"], e["result"], e["door"]) for e in failed} == {("127.0.0.1", "unauthorized", "rest")}
    assert "sk_live_wrong" not in repr(failed)
    with session(service.dsn) as root:
        other = root.execute("select embedd.create_organization('acme') as id").fetchall()[0]["id"]
        assert [e for e in entries(root, other) if e["operation"] == "failed_login"] == []
        acting_as(root)
        root.execute("insert into embedd.failed_logins (minute, address) values (now() - interval '91 days', 'old')")
        root.execute("select embedd_internal.count_failed_login(n::text) from generate_series(1, 1100) n")
        counts = root.execute("select count(*), sum(attempts) from embedd.failed_logins where address <> '127.0.0.1'")
        (kept,) = counts.fetchall()
    assert kept["sum"] == 1100 and kept["count"] <= 2002
    assert kept["count"] < 1100 or kept["count"] > 1002  # the rest of a minute counts as one


def test_point_14_row_32_one_function_adds_to_the_log_and_none_changes_it(installed: str, make_role: MakeRole) -> None:
    admin = make_role("login in role embedd_admin")
    with session(installed, admin) as managing:
        managing.execute("select embedd.create_environment('dev')")
        for attack in (
            "insert into embedd.audit_log (organization_id, operation, result) values ('org_self_hosted', 'x', 'ok')",
            "update embedd.audit_log set result = 'x'",
            "delete from embedd.audit_log",
            "truncate embedd.audit_log",
            "select * from embedd.audit_log",
            "update embedd.failed_logins set attempts = 0",
            "delete from embedd.failed_logins",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                managing.execute(attack.encode())
        # The caller chooses the description, but neither the time nor the login role.
        managing.execute("select embedd_internal.record_audit(null, 'forged', null, 'ok', '1.2.3.4', null)")
        (forged,) = managing.execute("select * from embedd.list_audit(1)").fetchall()
        assert (forged["role"], forged["door"]) == (admin, "sql")
    with session(installed) as root:
        for attack in ("update {} set result = 'x'", "delete from {}", "truncate {}", "delete from {} where false"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="added, never changed"):
                root.execute(attack.format("embedd.audit_log").encode())
        adding = root.execute(
            "select proname from pg_proc where pronamespace::regnamespace::text ~ '^embedd'"
            " and prosrc ~ 'insert into embedd.audit_log'"
        ).fetchall()
        assert [f["proname"] for f in adding] == ["record_audit"]
        assert [e["operation"] for e in entries(root)] == ["create_environment", "forged"]
