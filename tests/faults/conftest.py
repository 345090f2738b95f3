"""Fixtures of the suites that run the real worker."""

from __future__ import annotations

import pytest

from tests.support.power import disk as disk
from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor


@pytest.fixture(scope="session")
def worker_role() -> None:
    """Return the role of workers. One that repairs triggers has the rights of the table's owner, in these tests the
    superuser."""
