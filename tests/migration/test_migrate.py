"""Installation works repeatedly, twenty times at once, from any earlier version, by a role with few rights, and by
plain psql."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from embedd_pg.database import migrate as migrating
from embedd_pg.database.migrate import check_schema, migrate, script
from embedd_pg.database.sql_files import LINES, migrations
from embedd_pg.errors import EmbeddError, SchemaVersionError
from tests.conftest import MakeRole
from tests.migration.dump import COMMAND, REVIEWED, drop_forwards, dump, program, without_bodies
from tests.support import postgres
from tests.support.postgres import Cluster

WHOLE = ", ".join(f"{line} {len(migrations((line,)))}" for line in LINES)


def run(dsn: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a separate session."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def has_schema(dsn: str) -> bool:
    return run(dsn, "select to_regnamespace('embedd') is not null") == [(True,)]


def psql(dsn: str, file: Path) -> str:
    """Run a file as a deployment tool would. Return its warnings and errors."""
    quietly = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    done = subprocess.run([program("psql"), *quietly, "--file", str(file), dsn], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


async def test_installing_twice_changes_nothing(database: str, fresh: str) -> None:
    assert await migrate(database) == WHOLE
    assert dump(database) == fresh
    when = run(database, "select * from embedd.migrations order by 1, 2")
    assert await migrate(database) == WHOLE
    assert dump(database) == fresh
    assert run(database, "select * from embedd.migrations order by 1, 2") == when


async def test_twenty_installers_at_once_leave_one_installation(database: str, fresh: str) -> None:
    """Fault 62."""
    assert await asyncio.gather(*(migrate(database) for _ in range(20))) == [WHOLE] * 20
    assert dump(database) == fresh
    assert run(database, "select count(*) from embedd.doorbell") == [(1,)]


async def test_two_databases_of_one_new_cluster_install_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both create the role that the cluster has only once. Use a new cluster, because others already have the role."""
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    with postgres.running_cluster() as cluster:
        databases = [cluster.dsn(cluster.create_database()) for _ in range(4)]
        assert await asyncio.gather(*map(migrate, databases)) == [WHOLE] * 4
        for dsn in databases:
            assert run(dsn, "select has_table_privilege('embedd_capture', 'embedd.outbox', 'insert')") == [(True,)]


@pytest.mark.parametrize("had", range(len(migrations()) + 1))
async def test_an_upgrade_from_any_version_ends_where_a_fresh_installation_does(
    database: str, fresh: str, had: int
) -> None:
    run(database, script(only_first=had))
    assert run(database, "select count(*) from embedd.migrations") == [(had,)]
    await migrate(database)
    internal = [step.number for step in migrations(("control",)) if step.name == "internal"]
    earlier = 0 < had - len(migrations(("capture",))) < internal[0]
    assert (drop_forwards(database) > 100) is earlier
    assert dump(database) == fresh


async def test_a_watched_source_gets_the_control_line_later(database: str, fresh: str) -> None:
    assert await migrate(database, ("capture",)) == f"capture {len(migrations(('capture',)))}"
    assert run(database, "select to_regclass('embedd.outbox') is null, to_regclass('embedd.jobs') is null") == [
        (False, True)
    ]
    await migrate(database)
    assert dump(database) == fresh


def test_the_installed_schema_is_the_reviewed_one(cluster: Cluster, fresh: str) -> None:
    if int(str(run(cluster.dsn(), "show server_version_num")[0][0])) < 180000:
        pytest.skip("other versions of PostgreSQL write the same schema in other words")
    assert without_bodies(fresh) == REVIEWED.read_text(), f"If this is what you want, run: {COMMAND}"


async def test_a_newer_schema_is_refused_and_left_alone(installed: str) -> None:
    run(installed, "insert into embedd.migrations (line, number, name) values ('control', 999, 'future')")
    run(installed, "drop function embedd.version()")
    before = dump(installed)
    with pytest.raises(SchemaVersionError) as caught:
        await migrate(installed)
    assert caught.value.message == "The schema embedd of this database is newer than this program."
    assert caught.value.resolution == "Upgrade embedd-pg; nothing was changed."
    assert dump(installed) == before


@pytest.mark.parametrize(
    "theirs",
    [
        "create schema embedd",
        "create schema embedd; create table embedd.outbox (id int); create view embedd.jobs as select 1",
    ],
)
async def test_a_foreign_schema_embedd_is_refused_and_left_alone(database: str, theirs: str) -> None:
    run(database, theirs)
    objects = "select relname from pg_class where relnamespace = 'embedd'::regnamespace order by 1"
    before = run(database, objects)
    with pytest.raises(SchemaVersionError) as caught:
        await migrate(database)
    assert caught.value.message == "The schema embedd of this database was not installed by embedd."
    assert caught.value.resolution == "Rename or drop it, then run the installation again."
    assert run(database, objects) == before


def as_role(dsn: str, role: str) -> str:
    return psycopg.conninfo.make_conninfo(dsn, options=f"-c role={role}")


@pytest.mark.parametrize("who", ["a stranger", "a member", "a superuser"])
async def test_only_its_owner_upgrades_a_schema(cluster: Cluster, database: str, make_role: MakeRole, who: str) -> None:
    """Not even a superuser may: a schema that another role made beforehand would run its code with those rights."""
    owner, other = make_role("login"), make_role("login")
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    run(cluster.dsn(), f'alter database "{name}" owner to {owner}')
    await migrate(as_role(database, owner))
    if who == "a member":
        run(cluster.dsn(), f"grant {owner} to {other}")
    before = dump(database)
    with pytest.raises(SchemaVersionError) as caught:
        await migrate(database if who == "a superuser" else as_role(database, other))
    assert caught.value.message.startswith("The schema embedd belongs to another role, not to ")
    assert caught.value.resolution == f"Run the upgrade as {owner}."
    assert dump(database) == before


async def test_a_database_owner_without_other_rights_installs_and_upgrades(
    cluster: Cluster, database: str, make_role: MakeRole, fresh: str
) -> None:
    owner = make_role("login")
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    run(cluster.dsn(), f'alter database "{name}" owner to {owner}')
    run(as_role(database, owner), script(only_first=2))
    assert await migrate(as_role(database, owner)) == WHOLE
    line_of_theirs = re.compile(r"(GRANT|CREATE POLICY|COMMENT ON POLICY) .*embedd_(capture|definer)\b")
    granted = [line for line in fresh.splitlines() if not line_of_theirs.match(line)]
    assert dump(database).splitlines() == granted, "only the roles for a superuser's place are missing"
    owners = "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = 'embedd'::regnamespace"
    assert run(database, owners) == [(owner,)]


@pytest.mark.parametrize("had", [None, 2])
async def test_an_installation_that_fails_midway_leaves_everything_as_it_was(
    database: str, monkeypatch: pytest.MonkeyPatch, had: int | None
) -> None:
    if had is not None:
        run(database, script(only_first=had))
    before = dump(database) if had else ""
    files = [*migrating.functions(), "select 1 / 0;\n"]
    monkeypatch.setattr(migrating, "functions", lambda _: iter(files))
    with pytest.raises(EmbeddError) as caught:
        await migrate(database)
    assert isinstance(caught.value.__cause__, psycopg.errors.DivisionByZero)
    assert has_schema(database) == bool(had)
    assert not had or dump(database) == before


def test_the_printed_script_does_the_same_through_psql_and_can_be_run_again(
    database: str, fresh: str, tmp_path: Path
) -> None:
    file = tmp_path / "embedd.sql"
    file.write_text(script(), encoding="utf-8")
    assert psql(database, file) == ""
    assert dump(database) == fresh
    assert psql(database, file) == ""
    assert dump(database) == fresh


async def checked(dsn: str) -> SchemaVersionError | None:
    # Programs look at the schema in a session of this kind.
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, options="-c row_security=off") as connection:
        try:
            await check_schema(connection)
        except SchemaVersionError as error:
            return error
    return None


async def test_the_installed_version_passes_the_check(installed: str) -> None:
    assert await checked(installed) is None


FUTURE = "insert into embedd.migrations (line, number, name) values ('capture', 999, 'future');"
#: The last migration that this program knows was never applied.
LACKING = (
    "delete from embedd.migrations where line = 'control'"
    " and number = (select max(number) from embedd.migrations where line = 'control')"
)
SERVES_NOT = (
    "create or replace function embedd.oldest_program() returns table (line text, number int) language sql as"
    " $$ values ('capture', 900), ('control', 17) $$"
)


async def test_a_newer_schema_that_serves_this_program_passes_the_check(installed: str) -> None:
    run(installed, FUTURE)
    assert await checked(installed) is None


@pytest.mark.parametrize(
    ("change", "message", "resolution"),
    [
        ("drop schema embedd cascade", "This database has no schema embedd.", "Run 'embedd migrate'."),
        (
            LACKING,
            "The schema embedd of this database is older than this program.",
            "Run 'embedd migrate'.",
        ),
        (
            "delete from embedd.migrations where line = 'control'",
            "The schema embedd of this database is older than this program.",
            "Run 'embedd migrate'.",
        ),
        (FUTURE + SERVES_NOT, "The schema embedd of this database is newer than this program.", "Upgrade embedd-pg."),
        (
            FUTURE + "drop function embedd.oldest_program()",
            "The schema embedd of this database is newer than this program.",
            "Upgrade embedd-pg.",
        ),
        (
            FUTURE + LACKING,
            "The schema embedd of this database is newer than this program.",
            "Upgrade embedd-pg.",
        ),
    ],
)
async def test_a_schema_of_another_version_is_refused_before_anything_is_done(
    installed: str, change: str, message: str, resolution: str
) -> None:
    """Fault 63."""
    run(installed, change)
    error = await checked(installed)
    assert error is not None
    assert (error.message, error.resolution) == (message, resolution)


async def test_an_owner_with_createrole_creates_the_groups_and_removes_them_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Use a separate cluster, because roles belong to the cluster."""
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    groups = "select rolname from pg_roles where rolname like 'embedd%' order by 1"
    with postgres.running_cluster() as cluster:
        run(cluster.dsn(), "create role maker login createrole")
        run(cluster.dsn(), "create role plain login")
        for owner in ("plain", "maker"):
            run(cluster.dsn(), f"create database of_{owner} owner {owner}")
            await migrate(cluster.dsn(f"of_{owner}", user=owner))
            expected = [("embedd_admin",), ("embedd_reader",), ("embedd_worker",)] if owner == "maker" else []
            assert run(cluster.dsn(), groups) == expected
        # The other database gives them their rights with its next installation.
        await migrate(cluster.dsn("of_plain", user="plain"))
        granted = "select has_schema_privilege('embedd_reader', 'embedd', 'usage')"
        assert run(cluster.dsn("of_plain"), granted) == [(True,)]
        removal = "select name, removed from embedd.uninstall(true) where kind = 'role'"
        left = run(cluster.dsn("of_maker", user="maker"), removal)
        assert left == [("embedd_admin", False), ("embedd_reader", False), ("embedd_worker", False)]
        run(cluster.dsn("of_plain", user="plain"), "select * from embedd.uninstall(true)")
        await migrate(cluster.dsn("of_maker", user="maker"))
        run(cluster.dsn("of_maker", user="maker"), "select * from embedd.uninstall(true)")
        assert run(cluster.dsn(), groups) == []
