"""A gate at which key ranges wait between reading and writing, so that a test can change the table at that moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from embedd_pg.sync.range_attempt import RangeAttempt
from tests.support.worker import wait_until

#: True once every captured change has been written to the store.
NOTHING_QUEUED = "select not exists (table embedd.outbox) and not exists (table embedd.jobs)"


class Gate:
    """A gate that counts the waiting ranges and lets all of them go on."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._waiting = 0

    async def reached(self, count: int) -> None:
        """Wait until `count` ranges have been read and embedded."""
        await wait_until(lambda: self._waiting >= count, f"{count} ranges have been read and embedded")

    def open(self) -> None:
        self._opened.set()

    async def wait(self) -> None:
        self._waiting += 1
        await self._opened.wait()


def hold_ranges(monkeypatch: pytest.MonkeyPatch, *, after: int = 0) -> Gate:
    """Hold every range before it writes, except the first ones (`after` of them), until the gate is opened."""
    gate, write, free = Gate(), RangeAttempt._write, iter(range(after))

    async def wait(self: RangeAttempt, *arguments: Any) -> None:
        if next(free, None) is None:
            await gate.wait()
        await write(self, *arguments)

    monkeypatch.setattr(RangeAttempt, "_write", wait)
    return gate
