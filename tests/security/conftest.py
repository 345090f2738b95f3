"""Fixtures of the security tests: the running service of the API's tests."""

from tests.api.conftest import logs, service, vendor

__all__ = ["logs", "service", "vendor"]
