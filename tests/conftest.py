"""Fixtures for the whole suite."""

from __future__ import annotations

import gc
import itertools
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import structlog
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from embedd_pg.database.migrate import script
from tests.support import conformance_table, filters
from tests.support.postgres import DEBIANS, Cluster, ask_for_password, give_password, running_cluster

MakeRole = Callable[..., str]
#: Processes take files in this order, so that none is left alone at the end with one that waits for workers.
SLOW_FIRST = ("acceptance", "protocol", "faults", "sync", "chaos", "api", "migration", "simulation")
SLOW_FIRST += ("conformance", "security", "sql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # In parallel, only one of several tests with the same id is run.
    twice = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    assert not twice, f"Tests with the same id: {', '.join(twice)}"
    turns = {name: turn for turn, name in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: turns.get(item.path.parent.name, len(turns)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while modules are imported and tests are found: all of that stays for the whole session, which
    is why later collections leave it out, too."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_report_header() -> str:
    return conformance_table.met()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in conformance_table.lines(terminalreporter.stats):
        terminalreporter.write_line(line)


@contextmanager
def _needing_pgvector() -> Iterator[None]:
    """Servers of other makers may lack pgvector: tests that need it are skipped there, and say so. Ours have it."""
    try:
        yield
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
        theirs = os.environ.get("EMBEDD_TEST_DSN") or os.environ.get("EMBEDD_TEST_PG") == DEBIANS
        if not theirs or "vector" not in str(error) or "extension" not in str(error):
            raise
        pytest.skip("this server has no pgvector")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    with _needing_pgvector():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    with _needing_pgvector():
        return (yield)


@pytest.fixture(autouse=True)
def log_of_its_own() -> Iterator[None]:
    """Restore the log's configuration: commands that a test runs in this process set their own level and format."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of this session."""
    with running_cluster() as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The connection string of an empty database; `create extension vector` works in it."""
    with cluster.fresh_database() as dsn:
        yield dsn


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> Iterator[str]:
    """The name of a database with the schema installed, to make clones of."""
    name = cluster.create_database()
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        connection.execute(script().encode())
    yield name
    cluster.drop_database(name)


@pytest.fixture
def installed(cluster: Cluster, template: str) -> Iterator[str]:
    """The connection string of a database with nothing but the schema in it."""
    with cluster.fresh_database(template) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def filter_check(cluster: Cluster, template: str) -> Iterator[None]:
    """Let tests.support.filters.checked() use a separate database."""
    with cluster.fresh_database(template) as dsn, filters.checked_in(dsn):
        yield


@pytest.fixture
def pg(installed: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A session in `installed`: each statement commits, rows are dicts."""
    with psycopg.connect(installed, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture(scope="session")
def make_role(cluster: Cluster) -> Iterator[MakeRole]:
    """Makes roles with the given attributes; they are dropped when all databases of the session are."""
    made: list[str] = []
    numbers = itertools.count()
    with psycopg.connect(cluster.dsn(), autocommit=True) as root:

        def make(attributes: str = "") -> str:
            name = f"role_{os.getpid()}_{next(numbers)}"
            root.execute(sql.SQL("create role {} " + attributes).format(sql.Identifier(name)))
            if "password" in attributes:
                ask_for_password(root, name)
            elif "login" in attributes:
                # That of the addresses of databases here, in which only the user is another one then.
                give_password(root, name, conninfo_to_dict(cluster.dsn()).get("password"))
            made.append(name)
            return name

        yield make
        for name in reversed(made):
            root.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
