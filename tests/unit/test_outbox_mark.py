"""The outbox mark never passes an event that may still commit."""

from __future__ import annotations

import random

from embedd_pg.sync.queue.ledger import WorkFound
from embedd_pg.sync.queue.outbox import FROM_THE_BEGINNING, OutboxMark


def look(events: int, last_id: int | None, oldest: int, newest: int) -> WorkFound:
    return WorkFound(events, last_id, oldest, newest, (), False, False, False, False, False, False, False)


def test_the_mark_moves_only_when_all_earlier_transactions_have_ended() -> None:
    mark = OutboxMark(100)
    mark.looked(look(3, 10, oldest=5, newest=8), 1)
    assert mark.start == 0
    mark.looked(look(0, -1, oldest=7, newest=9), 2)
    assert mark.start == 0, "transaction 7 may hold an event below 11"
    mark.looked(look(1, 4, oldest=8, newest=9), 3)
    assert mark.start == 11


def test_after_a_full_page_the_scan_continues_and_returns() -> None:
    mark = OutboxMark(2)
    mark.looked(look(2, 10, oldest=8, newest=8), 1)
    assert (mark.start, mark.more) == (11, True)
    mark.looked(look(1, 12, oldest=9, newest=9), 2)
    assert (mark.start, mark.more) == (0, False)
    mark.looked(look(0, -1, oldest=9, newest=9), 3)
    assert mark.start == 13


def test_a_look_during_the_ingest_of_another_worker_changes_nothing() -> None:
    mark = OutboxMark(2)
    mark.looked(look(1, 10, oldest=8, newest=8), 1)
    mark.looked(look(0, None, oldest=99, newest=99), 2)
    assert mark.start == 0


def test_the_scan_regularly_starts_at_the_beginning() -> None:
    mark = OutboxMark(2)
    mark.looked(look(1, 10, oldest=8, newest=8), 1)
    mark.looked(look(0, -1, oldest=8, newest=8), 2)
    assert mark.start == 11
    mark.looked(look(0, 10, oldest=8, newest=8), FROM_THE_BEGINNING + 3)
    assert mark.start == 0
    mark.looked(look(0, -1, oldest=8, newest=8), FROM_THE_BEGINNING + 4)
    assert mark.start == 11


def test_random_writers_lose_nothing() -> None:
    """Transactions take ids at any time and commit in any order; each is found without a scan from the beginning."""
    for number in range(300):
        chance, mark = random.Random(number), OutboxMark(4)
        next_id, next_transaction, outbox = 0, 1, set[int]()
        under_way: dict[int, list[int]] = {}
        for _ in range(200):
            action = chance.random()
            if action < 0.3:
                under_way[next_transaction] = []
                next_transaction += 1
            elif action < 0.6 and under_way:
                under_way[chance.choice(list(under_way))].append(next_id)
                next_id += 1
            elif action < 0.75 and under_way:
                outbox |= set(under_way.pop(chance.choice(list(under_way))))
            else:
                oldest = min(under_way, default=next_transaction)
                taken = sorted(i for i in outbox if i >= mark.start)[:4]
                outbox -= set(taken)
                mark.looked(look(len(taken), taken[-1] if taken else mark.start - 1, oldest, next_transaction), 0)
        outbox |= {i for ids in under_way.values() for i in ids}
        for _ in range(200):
            taken = sorted(i for i in outbox if i >= mark.start)[:4]
            outbox -= set(taken)
            last = taken[-1] if taken else mark.start - 1
            mark.looked(look(len(taken), last, next_transaction, next_transaction), 0)
        assert not outbox, f"seed {number}"
