"""Fixtures of the chaos test: a separate server, which may be broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.servers import Postgres, running_postgres
from tests.support.worker import nursery as nursery
from tests.support.worker import vendor as vendor


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running
