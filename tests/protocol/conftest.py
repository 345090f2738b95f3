"""Fixtures of the suites that run the real worker."""

from __future__ import annotations

from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor
from tests.support.worker import worker_role as worker_role
