"""Fixtures for the whole suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from embedd_pg.database.migrate import script
from tests.support.postgres import Cluster, running_cluster


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


@pytest.fixture
def pg(installed: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A session in `installed`: each statement commits, rows are dicts."""
    with psycopg.connect(installed, autocommit=True, row_factory=dict_row) as connection:
        yield connection
