"""The PostgreSQL server of the tests: the one at EMBEDD_TEST_DSN, or a private cluster for this session, of the version
that EMBEDD_TEST_PG names: 18 or 16 from the wheel, 15 from Debian.

Every test gets a database of its own, empty or cloned from a template. No data needs to survive.
"""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.data_directory import memory, new_server

# A crash of the test server loses nothing of value.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
wal_level = logical
autovacuum_naptime = 5s
jit = off
"""
#: Not known to PostgreSQL 15. Sessions are many and short, and half of the time of a login goes into these rounds.
SETTINGS_SINCE_16 = "scram_iterations = 1\n"

#: The password of a private cluster's superuser, and of roles that need none of their own.
PASSWORD = "unused"
#: Members must give a password, because embedd sends stored passwords only to servers that request them by SCRAM.
WITH_PASSWORD = "test_passwords"
_ASKED = f"local all postgres,guide_reader,+{WITH_PASSWORD} scram-sha-256\n"

#: The version from Debian. The others are the wheel's (make sets PGSERVER_POSTGRES_VERSION).
DEBIANS = "15"


class Cluster:
    """A server with a superuser. `base` is the connection string of its maintenance database."""

    def __init__(self, base: str) -> None:
        self._base = base
        # Test processes may share a server, so names contain the process id.
        self._names = (f"test_{os.getpid()}_{number}" for number in itertools.count())
        self._with_pgvector: str | None = None

    def dsn(self, database: str | None = None, *, user: str | None = None) -> str:
        changes = {"dbname": database, "user": user}
        return make_conninfo(self._base, **{name: value for name, value in changes.items() if value})

    def create_database(self, name: str | None = None, template: str | None = None) -> str:
        """Create a database, a copy of `template` (which must have no sessions). Return its name."""
        name = name or next(self._names)
        statement = sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        with psycopg.connect(self._base, autocommit=True) as connection:
            # Copying the files takes a quarter of the time of logging their pages, which is the default since 15.
            copy = sql.SQL(" strategy file_copy" if connection.info.server_version >= 150000 else "")
            connection.execute(statement + copy)
        return name

    def template_with_pgvector(self) -> str:
        """Return the name of an empty database with pgvector, whose creation takes longer than a copy."""
        if self._with_pgvector is None:
            name = self.create_database()
            with psycopg.connect(self.dsn(name), autocommit=True) as connection:
                connection.execute("create extension vector")
            self._with_pgvector = name
        return self._with_pgvector

    def drop_template(self) -> None:
        """Drop the database with pgvector, which a server that others use must not keep."""
        if self._with_pgvector is not None:
            self.drop_database(self._with_pgvector)

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self._base, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    @contextmanager
    def fresh_database(self, template: str | None = None) -> Iterator[str]:
        """Yield the connection string of a database that exists for the block."""
        name = self.create_database(template=template)
        try:
            yield self.dsn(name)
        finally:
            self.drop_database(name)


def asking_for_passwords(base: str, data: Path) -> Cluster:
    """Make a cluster that trusts all roles request a password from those that have one."""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f"alter role postgres password '{PASSWORD}'; create role {WITH_PASSWORD}".encode())
        rules = data / "pg_hba.conf"
        rules.write_text(_ASKED + rules.read_text())
        connection.execute("select pg_reload_conf()")
    # The connection strings that sessions report leave out the password.
    os.environ["PGPASSWORD"] = PASSWORD
    return Cluster(re.sub(r"//postgres:?@", f"//postgres:{PASSWORD}@", base))


def give_password(session: psycopg.Connection[Any], role: str, password: Any) -> None:
    """Give a role a password, which a private cluster requests from now on."""
    session.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))
    ask_for_password(session, role)


def ask_for_password(session: psycopg.Connection[Any], role: str) -> None:
    """Make a private cluster request the password of a role."""
    named = {"role": sql.Identifier(role), "group": sql.Identifier(WITH_PASSWORD)}
    if session.execute("select 1 from pg_roles where rolname = %s", [WITH_PASSWORD]).fetchone():
        session.execute(sql.SQL("grant {group} to {role}").format(**named))


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Run the server of a test session. A private one is stopped and removed at the end.

    `durable` keeps fsync and synchronous_commit on, for measurements.
    """
    dsn = os.environ.get("EMBEDD_TEST_DSN")
    if dsn:
        cluster = Cluster(dsn)
        try:
            yield cluster
        finally:
            cluster.drop_template()
        return
    if os.environ.get("EMBEDD_TEST_PG") == DEBIANS:
        from tests.support.debian import debian_cluster

        with debian_cluster(settings=SETTINGS) as cluster:
            yield cluster
        return
    # Use a short path, because it contains the socket. If the tests run as root, the server runs as another user.
    place = "/tmp" if durable else memory()
    with tempfile.TemporaryDirectory(prefix="epg", dir=place, ignore_cleanup_errors=True) as directory:
        data = Path(directory) / "d"
        server = new_server(data, cleanup_mode="stop")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write("" if durable else SETTINGS + SETTINGS_SINCE_16)
        server.start()
        try:
            yield asking_for_passwords(server.get_uri(), data)
        finally:
            server.stop()
