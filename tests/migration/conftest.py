"""Fixtures of the suites about installing and upgrading."""

from __future__ import annotations

import pytest

from tests.migration.dump import dump
from tests.support.postgres import Cluster
from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor
from tests.support.worker import worker_role as worker_role


@pytest.fixture(scope="session")
def fresh(cluster: Cluster, template: str) -> str:
    """What a fresh installation contains."""
    return dump(cluster.dsn(template))
