"""Concurrent users who change `articles` at random, and record which keys they are changing."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.support.changes import TRUNCATES, USUAL, carry_out

KEYS = 40
WORDS = ["red", "green", "blue", "apple", "pear", "table", "chair", "river", "mountain"]


@dataclass
class Writers:
    """The writers: as many as `sessions`, until `stop` is set."""

    dsn: str
    chance: random.Random
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    committed: Counter[str] = field(default_factory=Counter)
    #: How many writers are changing a key at present, and when the last one did.
    busy: Counter[int] = field(default_factory=Counter)
    left: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def run(self, sessions: int = 3) -> None:
        await asyncio.gather(*(self._write(random.Random(self.chance.random())) for _ in range(sessions)))

    def untouched_since(self, key: int, time: float) -> bool:
        return not self.busy[key] and self.left[key] < time

    async def _write(self, chance: random.Random) -> None:
        while not self.stop.is_set():
            # The server may be down, and may end the session.
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(
                    self.dsn, row_factory=dict_row, options="-c lock_timeout=2s"
                ) as session:
                    while not self.stop.is_set():
                        await self._transaction(session, chance)
                        await asyncio.sleep(chance.expovariate(1 / 0.03))
            await asyncio.sleep(0.2)

    async def _transaction(self, session: psycopg.AsyncConnection[Any], chance: random.Random) -> None:
        script = [self._change(chance) for _ in range(chance.choice([1, 1, 1, 2, 4]))]
        keys = {key for _, given in script for key in (*range(given["a"], given["a"] + 6), given["b"])}
        now = asyncio.get_running_loop().time
        self.busy.update(keys)
        try:
            async with session.transaction(force_rollback=chance.random() < 0.1):
                for name, given in script:
                    await carry_out(session, name, given)
                if chance.random() < 0.1:
                    await asyncio.sleep(chance.uniform(0, 0.5))
            self.committed.update(name for name, _ in script)
        except (psycopg.errors.IntegrityError, psycopg.errors.TransactionRollback, psycopg.errors.LockNotAvailable):
            return  # the other writers were in the way
        finally:
            self.busy.subtract(keys)
            self.left.update(dict.fromkeys(keys, now()))

    def _change(self, chance: random.Random) -> tuple[str, dict[str, Any]]:
        name = chance.choice(TRUNCATES) if chance.random() < 0.005 else chance.choice(USUAL)
        words = (chance.choices(WORDS, k=chance.choice([3, 3, 30])) for _ in "tu")
        texts = [" ".join([*some, str(next(self._numbers))]) for some in words]
        texts = [chance.choice([text, text, text, "", None, "always the same"]) for text in texts]
        keys = [chance.randint(1, KEYS) for _ in "ab"]
        return name, {"a": keys[0], "b": keys[1], "t": texts[0], "u": texts[1], "p": chance.choice([None, 1, 2, 3])}
