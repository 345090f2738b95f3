"""Fixtures of the chaos test: a separate server, which may be broken."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.chaos.servers import Postgres, running_postgres
from tests.support.worker import nursery as nursery
from tests.support.worker import vendor as vendor


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture(autouse=True)
def quiet_api() -> Iterator[None]:
    """Log nothing of the API, which runs in this process. Workers log to files."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    yield
    structlog.configure(**before)
