"""Installation of the helper in plpython3u: by a superuser only, next to a schema that another role owns and
upgrades."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from embedd_pg.database import plpython
from embedd_pg.database.migrate import migrate, script
from embedd_pg.errors import InsufficientPermission, SchemaVersionError, ServiceMissing
from tests.sql.calls import Pg, session
from tests.support import command
from tests.support.debian import debian_cluster
from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def debian() -> Iterator[Cluster]:
    with debian_cluster("postgresql-plpython3-15") as cluster:
        yield cluster


def one(pg: Pg, statement: str) -> Any:
    (row,) = pg.execute(statement.encode()).fetchall()
    return next(iter(row.values()))


@contextmanager
def role(pg: Pg, name: str, comment: str | None = None) -> Iterator[str]:
    pg.execute(sql.SQL("create role {}").format(sql.Identifier(name)))
    pg.execute(sql.SQL("comment on role {} is {}").format(sql.Identifier(name), sql.Literal(comment)))
    try:
        yield name
    finally:
        pg.execute(sql.SQL("drop owned by {0} cascade; drop role {0}").format(sql.Identifier(name)))


async def test_the_owner_of_the_schema_upgrades_it_and_grants_the_helper_to_others(debian: Cluster) -> None:
    with debian.fresh_database() as dsn, session(dsn) as root, role(root, "shop_owner"), role(root, "shop_reader"):
        name = sql.Identifier(root.info.dbname)
        root.execute(sql.SQL("alter database {} owner to shop_owner").format(name))
        owning = psycopg.conninfo.make_conninfo(dsn, options="-c role=shop_owner")
        with pytest.raises(SchemaVersionError):
            await plpython.install(dsn)
        await migrate(owning)
        with pytest.raises(InsufficientPermission, match="Only a superuser may make functions in plpython3u"):
            await plpython.install(owning)
        with session(owning) as owner:
            owner.execute(
                "create function embedd.ask_service(text, text, text, jsonb) returns jsonb"
                " language sql as 'select null::jsonb'"
            )
        for _ in range(2):
            await plpython.install(dsn)
            await migrate(owning)
        found = root.execute(
            "select pg_get_userbyid(proowner) as owner,"
            " proacl is not null and not has_function_privilege('public', p.oid, 'execute') as closed,"
            " lanname = 'plpython3u' as ours, obj_description(p.oid, 'pg_proc') as said"
            " from pg_proc p join pg_language l on l.oid = prolang where proname = 'ask_service'"
        ).fetchall()
        assert [(row["owner"], row["closed"], row["ours"]) for row in found] == [("postgres", True, True)]
        assert "Ask the embedd service over HTTP" in found[0]["said"]
        with session(owning) as owner:
            owner.execute("grant execute on function embedd.ask_service(text, text, text, jsonb) to shop_reader")
        await plpython.install(dsn)
        root.execute("create function embedd.theirs() returns int language sql as 'select 1'")
        root.execute("revoke all on function embedd.theirs() from public")
        await migrate(owning)
        helper = "embedd.ask_service(text, text, text, jsonb)"
        assert one(root, f"select has_function_privilege('shop_reader', '{helper}', 'execute')")
        root.execute("drop schema embedd cascade")
        root.execute(sql.SQL("alter database {} owner to postgres").format(name))


@pytest.mark.parametrize(("comment", "may"), [("Made by embedd: status and search.", True), ("Ours.", False)])
async def test_the_roles_of_the_installation_get_the_helper_and_foreign_roles_of_the_same_name_do_not(
    debian: Cluster, comment: str, may: bool
) -> None:
    with debian.fresh_database() as dsn, session(dsn) as root, role(root, "embedd_reader", comment):
        root.execute(script().encode())
        await plpython.install(dsn)
        helper = "embedd.ask_service(text, text, text, jsonb)"
        assert one(root, f"select has_function_privilege('embedd_reader', '{helper}', 'execute')") is may


async def test_a_server_without_the_language_is_reported(installed: str) -> None:
    with pytest.raises(ServiceMissing, match="This server does not have plpython3u") as caught:
        await plpython.install(installed)
    assert "apt install postgresql-plpython3-" in caught.value.resolution


def test_the_helper_needs_nothing_but_the_standard_library() -> None:
    body = plpython.script().partition("$python$")[2].partition("$python$")[0]
    found = [
        node
        for node in ast.walk(ast.parse(f"def f():\n{_indented(body)}"))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    names = {alias.name for node in found if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in found if isinstance(node, ast.ImportFrom)}
    assert names and {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.splitlines())


def embedd(*arguments: str) -> subprocess.CompletedProcess[str]:
    return command.embedd(*arguments, environment=dict(os.environ))


def test_the_command_prints_the_script_or_runs_it(debian: Cluster) -> None:
    assert embedd("migrate", "--plpython", "--sql").stdout == plpython.script()
    wrong = embedd("migrate", "--plpython", "--capture-only")
    assert wrong.returncode == 2 and "--capture-only" in wrong.stderr
    with debian.fresh_database() as dsn:
        place = psycopg.conninfo.conninfo_to_dict(dsn)
        url = f"postgresql://postgres:{place['password']}@/{place['dbname']}?host={place['host']}"
        missing = embedd("migrate", "--plpython", "--database-url", url)
        assert missing.returncode == 1 and "no schema embedd" in missing.stderr
        with session(dsn) as root:
            root.execute(script().encode())
            done = embedd("migrate", "--plpython", "--database-url", url)
            assert done.returncode == 0 and "embedd_service.json" in done.stdout + done.stderr
            assert one(root, "select to_regprocedure('embedd.ask_service(text, text, text, jsonb)') is not null")
