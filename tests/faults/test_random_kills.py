"""Random changes while worker processes are killed at random. In the end the store equals the source, and only texts in
progress at a kill are embedded again.

`EMBEDD_SEED` replays the changes and kills of a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections import Counter

from tests.support.worker import Site, both_stores

ROUNDS = 12


class Writer:
    """A writer that changes rows at random. Every text it writes is unique, so that each should be embedded once."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.site = site
        self.chance = chance
        self.keys = list(range(1, 41))
        self.next = 1000

    def fresh(self) -> int:
        self.next += 1
        return self.next

    async def change(self) -> None:
        key = self.chance.choice(self.keys)
        match self.chance.choice(
            ["insert", "insert", "text", "text", "text", "price", "delete", "key", "swap", "back"]
        ):
            case "insert":
                number = self.fresh()
                self.keys.append(number)
                await self.site.insert("articles", 1, first=number, word="new")
            case "text":
                await self.site.do("update articles set body = 'body ' || %s where id = %s", self.fresh(), key)
            case "price":
                await self.site.do("update articles set price = %s where id = %s", self.fresh(), key)
            case "delete" if len(self.keys) > 10:
                self.keys.remove(key)
                await self.site.do("delete from articles where id = %s", key)
            case "key":
                self.keys[self.keys.index(key)] = number = self.fresh()
                await self.site.do(
                    "update articles set id = %s, body = 'moved ' || %s where id = %s", number, self.fresh(), key
                )
            case "swap":
                other = self.chance.choice(self.keys)
                async with self.site.sql.transaction():
                    for old, new in ((key, -1), (other, key), (-1, other)):
                        await self.site.do(
                            "update articles set id = %s, body = 'swapped ' || %s where id = %s", new, self.fresh(), old
                        )
            case _:
                gone_and_back = "delete from articles where id = %s returning *"
                async with self.site.sql.transaction():
                    row = (await self.site.do(gone_and_back, key))[0]
                    await self.site.do("insert into articles values (%s, %s, %s, %s, %s)", *row.values())


@both_stores
async def test_59_the_store_ends_equal_to_the_source_after_random_kills(site: Site) -> None:
    seed = os.environ.get("EMBEDD_SEED") or secrets.token_hex(4)
    print(f"EMBEDD_SEED={seed}")
    chance = random.Random(seed)
    await site.set_up(rows=40)
    site.stub.settings.latency_ms = 30
    writer = Writer(site, chance)
    # A local store has one owner; with pgvector two workers share the work.
    workers = [site.process(EMBEDD_BATCH_SIZE="7", EMBEDD_LEASE="5") for _ in range(1 if site.mode == "managed" else 2)]
    excused: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for _ in range(chance.randrange(2, 10)):
            await writer.change()
            # A row that changes while its range is being filled is handled by both.
            excused.update(row["text"] for row in await site.do(FILLING))
        await asyncio.sleep(chance.uniform(0.0, 0.25))
        victim = chance.randrange(len(workers))
        await workers[victim].kill()
        # Keys claimed by any worker and not yet acknowledged: their texts may be sent once more.
        excused.update(row["text"] for row in await site.do(UNACKNOWLEDGED))
        workers[victim] = site.process(EMBEDD_BATCH_SIZE="7", EMBEDD_LEASE="5")
    await site.quiet(seconds=90)
    for worker in workers:
        await worker.kill()
    await site.synced()
    assert await site.one("select count(*) from articles") == len(writer.keys)
    again = {text: count for text, count in site.texts().items() if count > 1 + excused[text]}
    assert not again, f"seed {seed}: sent again without need: {again}"


FILLING = """
    select 'Title: ' || a.title || chr(10) || a.body as text
      from articles a
     where exists (select from embedd.ranges r where r.token > 0
                      and a.id > coalesce(r.after_key::int, a.id - 1) and a.id <= r.last_key::int)"""
#: A text that changed meanwhile is no longer needed.
UNACKNOWLEDGED = f"{FILLING} or exists (select from embedd.jobs j where j.key = a.id::text and j.token > 0)"
