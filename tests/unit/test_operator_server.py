"""The operator's endpoints where their server cannot start."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest

from embedd_pg.cli.operator_server import operator_server
from embedd_pg.settings import Settings


async def test_a_server_that_cannot_start_fails_the_start_of_the_process() -> None:
    clients = cast(Any, SimpleNamespace(settings=Settings(), database=None))
    closed = socket.socket()
    closed.close()
    limit = asyncio.timeout(20)
    with pytest.raises((OSError, ValueError)):
        async with limit, operator_server(clients, closed, "http://nowhere", {}):
            pass
    assert not limit.expired(), "it waits for a server that does not come"
