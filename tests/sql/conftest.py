"""Databases for tests of the SQL surface: a shared one, one per test, and one whose owner is not a superuser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import sql

from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import newest
from tests.conftest import MakeRole
from tests.sql.calls import Pg, generation_of, session, synced
from tests.support.postgres import Cluster


@pytest.fixture(scope="session")
def shared(cluster: Cluster, template: str) -> Iterator[Pg]:
    """A session in one database for all tests that undo what they do."""
    with cluster.fresh_database(template) as dsn, session(dsn) as connection:
        yield connection


@pytest.fixture
def pg(shared: Pg) -> Iterator[Pg]:
    """The shared session in a transaction that is undone after the test: faster than a database each. Sequences do not
    start at 1, and plans kept from earlier tests are as old as an application's."""
    with shared.transaction(force_rollback=True):
        # A worker counts as working for longer than a test lasts: without one no vector table counts as synced.
        shared.execute(
            "insert into embedd.looks (worker, looked_at, knows)"
            " values ('a worker', clock_timestamp() + interval '4 s', %s)",
            [newest()["control"]],
        )
        yield shared


@pytest.fixture
def alone(installed: str) -> Iterator[Pg]:
    """A session in a database of the test's own, for what takes several sessions; each statement commits."""
    with session(installed) as connection:
        yield connection


@pytest.fixture(scope="session")
def owner(make_role: MakeRole) -> str:
    """A role that owns databases and has no other right."""
    return make_role("login")


@pytest.fixture(scope="session")
def owned_template(cluster: Cluster, owner: str) -> Iterator[str]:
    """A database that `owner` owns and has installed the schema in."""
    name = cluster.create_database()
    with session(cluster.dsn(name)) as root:
        root.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), sql.Identifier(owner)))
    with session(cluster.dsn(name), owner) as connection:
        connection.execute(script().encode())
    yield name
    cluster.drop_database(name)


@pytest.fixture
def owned(cluster: Cluster, owned_template: str, owner: str) -> Iterator[str]:
    """The connection string of a clone of that; who connects is a superuser until they change their role."""
    with cluster.fresh_database(owned_template) as dsn:
        with session(dsn) as root:
            name = sql.Identifier(root.info.dbname)
            root.execute(sql.SQL("alter database {} owner to {}").format(name, sql.Identifier(owner)))
        yield dsn


@pytest.fixture
def root(owned: str) -> Iterator[Pg]:
    """A superuser's session in `owned`."""
    with session(owned) as connection:
        yield connection


@pytest.fixture
def owning(owned: str, owner: str) -> Iterator[Pg]:
    """The owner's session in `owned`."""
    with session(owned, owner) as connection:
        yield connection


@pytest.fixture
def table(pg: Pg) -> str:
    """A backfilled vector table named `v` over `products`."""
    return synced(pg)


@pytest.fixture
def generation(pg: Pg, table: str) -> int:
    return generation_of(pg, table)
