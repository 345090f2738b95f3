"""Fixtures of the suites that run the real worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.qdrant_server import real_server
from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor
from tests.support.worker import worker_role as worker_role


@pytest.fixture(scope="session", autouse=True)
def qdrant_of_commands() -> Iterator[None]:
    """Let commands keep managed tables on the real server, where one is named."""
    with real_server() as url, pytest.MonkeyPatch.context() as patch:
        if url:
            patch.setenv("EMBEDD_QDRANT_URL", url)
        yield
