"""What carries out the operations of a Qdrant store: a server over REST (`rest`) or gRPC (`grpc`), or Qdrant's engine
in a directory (`edge`).

Operations have the names of Qdrant's client. Their bodies and results are those of Qdrant's REST API, as plain JSON,
except that a vector may also be an array: models of the client would cost more than all the rest of a request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from embedd_pg.errors import StoreError
from embedd_pg.stores.qdrant.filter import Condition, integers, negated

#: After a crash, older servers evaluate the conditions of logged writes again, against points that have changed since,
#: so a deleted row can come back. Servers before 1.16 ignore conditions altogether.
MIN_VERSION = (1, 19)


class Engine(Protocol):
    #: Whether nobody but embedd writes to it.
    local: bool

    async def call(
        self, operation: str, collection: str = "", body: Mapping[str, Any] | None = None, **parameters: str
    ) -> Any:
        """Carry out an operation. `parameters` are those of the address, which only servers know."""
        ...

    async def close(self) -> None: ...


class Answered(Exception):
    """An answer that reports a failure: its status and the server's own text, which is examined but never shown."""

    def __init__(self, status: int, content: bytes = b"") -> None:
        super().__init__(f"status {status}: {content[:500]!r}")
        self.status, self.content = status, content


def require_version(version: str) -> None:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < MIN_VERSION:
        raise StoreError(
            f"Qdrant {version[:20]} is too old: before 1.19, deleted rows can come back when the server restarts after "
            "a crash, because it then evaluates conditional writes again.",
            resolution="Upgrade the Qdrant server to 1.19 or later.",
        )


def filter_of(condition: Condition) -> Condition:
    """Return a condition in the form of a filter."""
    return condition if {"must", "should", "must_not"} & condition.keys() else {"must": [condition]}


def older_than(token: int) -> Condition:
    """Return the condition of a write with this token, which must not change points with the same or a higher one."""
    return filter_of(negated(integers("_e.v", token, None)))
