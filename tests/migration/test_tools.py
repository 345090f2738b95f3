"""The usual tools can apply the output of `embedd migrate --sql` unchanged, and repeatedly.

psql and Alembic are always tested; Flyway and Liquibase if Maven can get them, sqitch if it is installed (CI installs
it for the test)."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.database.migrate import script
from tests.migration.dump import dump, program
from tests.support.relay import relay_to

POM = Path(__file__).parent / "tools" / "pom.xml"
#: What Maven says when it cannot get the plugins.
UNREACHABLE = re.compile(r"Could not (transfer|resolve|find) |PluginResolution|Non-resolvable|NoPluginFound")
#: A short run of Java spends most of its time on compiling itself well.
BRIEF_JAVA = {"MAVEN_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


@pytest.fixture(scope="session")
def printed() -> str:
    """The script as the command prints it."""
    command = [sys.executable, "-m", "embedd_pg.cli", "migrate", "--sql"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


async def succeed(*command: str, directory: Path, environment: dict[str, str] | None = None) -> str:
    """What a program says, if it ends well."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=directory,
        env=os.environ | (environment or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    if command[0] == "mvn" and process.returncode and UNREACHABLE.search(said):
        pytest.skip(f"Maven cannot get the plugin: {said.strip().splitlines()[0][:300]}")
    assert process.returncode == 0, said
    return said


def next_version(text: str) -> str:
    """As the next release would print it."""
    return re.sub(r"(?<=\bembedd:capture-control-)[\d.]+", "9.9.9", text)


@asynccontextmanager
async def over_tcp(dsn: str) -> AsyncIterator[dict[str, str]]:
    """Where tools that know no sockets reach the database."""
    async with relay_to(dsn) as relay:
        named = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
        yield {"password": "", **named, "host": "127.0.0.1", "port": str(relay.port)}


def psql(dsn: str, file: Path) -> None:
    """Run a file the way a deployment tool would."""
    quietly = ["-Xq", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    subprocess.run([program("psql"), *quietly, "-f", str(file), dsn], check=True)


async def by_psql(dsn: str, texts: list[str], directory: Path) -> None:
    for number, text in enumerate(texts):
        file = directory / f"{number}.sql"
        file.write_text(text)
        said = await succeed(
            program("psql"),
            "-Xq",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
            "-f",
            str(file),
            dsn,
            directory=directory,
        )
        assert said == ""


async def by_flyway(dsn: str, texts: list[str], directory: Path) -> None:
    need("mvn")
    async with over_tcp(dsn) as at:
        for number, text in enumerate(texts, 1):
            (directory / f"V{number}__embedd.sql").write_text(text)
            await succeed(
                "mvn",
                "-B",
                "-q",
                "-f",
                str(POM),
                "flyway:migrate",
                f"-Dflyway.user={at['user']}",
                f"-Dflyway.password={at['password']}",
                f"-Dflyway.locations=filesystem:{directory}",
                f"-Dflyway.url=jdbc:postgresql://{at['host']}:{at['port']}/{at['dbname']}",
                directory=directory,
                environment=BRIEF_JAVA,
            )
    assert run(dsn, "select version, success from flyway_schema_history order by 1") == [("1", True), ("2", True)]


async def by_liquibase(dsn: str, texts: list[str], directory: Path) -> None:
    need("mvn")
    file = directory / "embedd.sql"
    async with over_tcp(dsn) as at:
        for text in texts:
            file.write_text(text)
            await succeed(
                "mvn",
                "-B",
                "-q",
                "-f",
                str(POM),
                "liquibase:update",
                f"-Dliquibase.username={at['user']}",
                f"-Dliquibase.password={at['password']}",
                f"-Dliquibase.changeLogFile={file.name}",
                f"-Dliquibase.searchPath={directory}",
                f"-Dliquibase.url=jdbc:postgresql://{at['host']}:{at['port']}/{at['dbname']}",
                directory=directory,
                environment=BRIEF_JAVA,
            )
    assert run(dsn, "select count(*), count(distinct id) from databasechangelog where author = 'embedd'") == [(2, 2)]


async def by_sqitch(dsn: str, texts: list[str], directory: Path) -> None:
    if os.environ.get("CI") and not shutil.which("sqitch") and shutil.which("apt-get"):
        packages = "sqitch libdbd-pg-perl postgresql-client"
        install = f"apt-get update -q && apt-get install -qy --no-install-recommends {packages}"
        silence = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await (await asyncio.create_subprocess_shell(install, **silence)).wait()
    need("sqitch")
    who = {"SQITCH_FULLNAME": "Test", "SQITCH_EMAIL": "test@example.com"}
    await succeed("sqitch", "init", "shop", "--engine", "pg", directory=directory, environment=who)
    async with over_tcp(dsn) as at:
        for number, text in enumerate(texts):
            await succeed("sqitch", "add", f"embedd{number}", "-n", "embedd", directory=directory, environment=who)
            (directory / "deploy" / f"embedd{number}.sql").write_text(text)
            target = f"db:pg://{at['user']}@{at['host']}:{at['port']}/{at['dbname']}"
            password = {"PGPASSWORD": at["password"]} if at["password"] else {}
            await succeed("sqitch", "deploy", target, directory=directory, environment=who | password)
    assert run(dsn, "select count(*) from sqitch.changes") == [(2,)]


async def by_alembic(dsn: str, texts: list[str], directory: Path) -> None:
    versions = directory / "versions"
    versions.mkdir()
    (directory / "env.py").write_text(ALEMBIC_ENVIRONMENT)
    (directory / "alembic.ini").write_text(f"[alembic]\nscript_location = {directory}\n")
    for number, text in enumerate(texts):
        (directory / f"embedd{number}.sql").write_text(text)
        (versions / f"{number}.py").write_text(
            f"from pathlib import Path\nfrom alembic import op\nrevision, down_revision = '{number}',"
            f" {str(number - 1) if number else None!r}\n\n"
            f"def upgrade():\n    op.execute(Path({str(directory / f'embedd{number}.sql')!r}).read_text())\n"
        )
    environment = {"DSN": sqlalchemy_url(dsn), "PYTHONPATH": os.pathsep.join(sys.path)}
    await succeed(sys.executable, "-m", "alembic", "upgrade", "head", directory=directory, environment=environment)
    assert run(dsn, "select version_num from alembic_version") == [("1",)]


def sqlalchemy_url(dsn: str) -> str:
    named = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    query = {name: named[name] for name in ("host", "port") if name in named}
    url = sqlalchemy.URL.create(
        "postgresql+psycopg", named.get("user"), named.get("password"), database=named["dbname"], query=query
    )
    return url.render_as_string(hide_password=False)


ALEMBIC_ENVIRONMENT = """
import os
import sqlalchemy
from alembic import context

with sqlalchemy.create_engine(os.environ["DSN"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def need(name: str) -> None:
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")


@pytest.mark.parametrize("apply", [by_psql, by_alembic, by_flyway, by_liquibase, by_sqitch], ids=lambda by: by.__name__)
async def test_the_printed_script_is_applied_unchanged(
    database: str, fresh: str, printed: str, tmp_path: Path, apply: Callable[[str, list[str], Path], Awaitable[None]]
) -> None:
    await apply(database, [printed, next_version(printed)], tmp_path)
    assert dump(database) == fresh


def test_nothing_in_the_script_means_anything_to_a_tool(printed: str) -> None:
    """Flyway's placeholders, SQLAlchemy's parameters, psql's variables."""
    assert "${" not in printed
    assert dict(sqlalchemy.text(printed).compile().params) == {}
    assert not re.search(r"^\\", printed, re.MULTILINE)
    first, second, *_ = printed.splitlines()
    assert first == "--liquibase formatted sql"
    assert second.startswith("--changeset embedd:") and "splitStatements:false" in second
    assert not re.search(r"^--(changeset|rollback|precondition|include)", printed.partition(second)[2], re.MULTILINE)


@pytest.mark.parametrize("path", ["public", '"My Schema", public'])
def test_in_an_open_transaction_the_script_takes_part_and_restores_settings(
    database: str, fresh: str, path: str
) -> None:
    with psycopg.connect(database) as connection:
        for keep in (False, True):
            connection.execute("set check_function_bodies = on")
            connection.execute(f"set local search_path = {path}".encode())
            connection.execute(script(transaction=False).encode())
            (found,) = connection.execute(
                "select current_setting('search_path'), current_setting('check_function_bodies'),"
                " current_setting('client_min_messages'), to_regclass('embedd.jobs') is not null"
            ).fetchall()
            assert found == (path, "on", "notice", True)
            if keep:
                connection.commit()
            else:
                connection.rollback()
                assert connection.execute("select to_regnamespace('embedd')").fetchone() == (None,)
    assert dump(database) == fresh
