"""A small disk for a tablespace, which a test can fill."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.postgres import Cluster


@pytest.fixture
def small_disk(cluster: Cluster) -> Iterator[Path]:
    """Return a directory of eight megabytes that the server may use as a tablespace."""
    if os.environ.get("EMBEDD_TEST_DSN"):
        pytest.skip("the server of EMBEDD_TEST_DSN may be on another machine")
    with psycopg.connect(cluster.dsn()) as session:
        (data,) = session.execute("show data_directory").fetchone() or ("",)
    owner = Path(data).stat()
    with tempfile.TemporaryDirectory(prefix="eps", dir="/tmp") as directory:
        mounted = os.system(f"mount -t tmpfs -o size=8m,uid={owner.st_uid},mode=700 tmpfs {directory} 2>/dev/null")
        if mounted != 0:
            pytest.skip("a small disk cannot be mounted here: it takes the rights of root")
        try:
            yield Path(directory)
        finally:
            with psycopg.connect(cluster.dsn(), autocommit=True) as session:
                session.execute("drop tablespace if exists test_small")
            os.system(f"umount {directory}")


async def create_tablespace(session: psycopg.AsyncConnection[Any], disk: Path) -> None:
    """Create the tablespace test_small on the disk."""
    await session.execute(sql.SQL("create tablespace test_small location {}").format(str(disk)))
