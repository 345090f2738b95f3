"""Faults of embedding providers: rows that wait, rows that are set aside, and work that continues (fault matrix, by
number)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from embedd_pg.embedding.providers import reply
from embedd_pg.embedding.providers.base import (
    Embedded,
    InputKind,
    InputRefused,
    Limits,
    ProviderBusy,
    ProviderQuotaExhausted,
    ProviderUnavailable,
)
from embedd_pg.sync.row.back_off import BackOff, Breaker, ProviderResting
from tests.support.vendor_stub import running
from tests.support.worker import Site, both_stores, wait_until


async def waiting(site: Site) -> list[dict[str, object]]:
    return await site.do(
        "select key, state, attempts, error_class, error, run_at > now() + interval '14 min' as long from"
        " (select key, state, attempts, error_class, error, run_at from embedd.jobs"
        "  union all select last_key, 'queued', 0, error_class, error, run_at from embedd.ranges) work"
        " where error_class is not null order by key"
    )


async def test_47_a_busy_provider_is_not_called_before_the_time_it_gave(site: Site) -> None:
    with running() as calm:
        calm.settings.dimensions = site.stub.settings.dimensions
        await site.create_embedder("calm", url=calm.url + "/v1")
        await site.set_up(rows=200)
        await site.set_up(rows=20, name="others", embedder="calm")
        site.stub.fault(status=429, headers={"retry-after": "3"}, hang=0.2)
        async with site.worker(batch_size=20, concurrency=1):
            await wait_until(lambda: site.stub.stats.requests and not site.stub.stats.in_flight)
            busy, requests = time.monotonic(), site.stub.stats.requests
            await wait_until(lambda: calm.stats.inputs == 20, "others are unaffected", seconds=2)
            await wait_until(lambda: site.stub.stats.requests > requests)
            assert time.monotonic() - busy >= 2.9
            assert not await site.one("select exists (select from embedd.jobs where attempts > 0)")
            await site.synced()
            await site.synced("others")
    assert site.stub.stats.inputs == 220


@both_stores
async def test_48_while_the_provider_fails_deletes_and_metadata_continue(site: Site) -> None:
    await site.set_up(rows=10)
    async with site.worker() as worker:
        await site.synced()
        calls = site.stub.stats.requests
        for _ in range(500):
            site.stub.fault(status=500)
        await site.do("update articles set body = 'waits', price = 1000 where id = 1")
        await site.error()
        await site.do("delete from articles where id = 2")
        await site.do("update articles set price = 3000 where id = 3")

        async def shown() -> bool:
            rows = [row["key"] for row in await site.do("select key from embedd.jobs where error_class is not null")]
            marks = await site.marks()
            return rows == ["1"] and marks["2"].dead and not (await site.difference())[1:]

        async def through() -> bool:
            # The waiting row differs only by its text: its metadata is current.
            return await site.difference() in (["believed to be otherwise 1", "not found by its text 1", "stale 1"],)

        await wait_until(through, seconds=5)
        store = await worker.clients.store(worker.worker._known[1][1])
        mark = (await store.marks(worker.worker._known[1][1].store.table, ["1"]))["1"]
        old = await site.one("select metadata_hash from embedd.row_states where key = '1'")
        assert mark.metadata_hash != old, "new metadata, old vector"
        assert site.stub.stats.requests - calls < 8
        assert {(row["state"], row["attempts"]) for row in await waiting(site)} == {("queued", 0)}
        site.stub.settings.faults.clear()
        await site.synced()


async def test_49_a_request_without_an_answer_times_out_and_is_repeated(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply, "TOTAL_SECONDS", 2.5)
    await site.set_up(rows=10)
    site.stub.fault(hang=60)
    async with site.worker(lease=1) as worker, site.worker(lease=1):
        await wait_until(lambda: site.stub.stats.in_flight)
        token = await site.one("select max(token) from embedd.jobs")
        await wait_until(lambda: site.one("select bool_or(error like '%%answer in time%%') from embedd.jobs"))
        assert await site.one("select max(token) from embedd.jobs") == token, "its lease was kept meanwhile"
        await site.synced()
        assert not worker.task.done()
    assert set(site.texts().values()) == {2}


async def test_50_an_exhausted_quota_is_shown_and_makes_no_dead_letters(site: Site) -> None:
    await site.set_up(rows=600)
    for _ in range(100):
        site.stub.fault(status=429, code="insufficient_quota")
    async with site.worker(batch_size=50, concurrency=1):

        async def all_wait() -> bool:
            return len(await waiting(site)) == 3

        await wait_until(all_wait)
        rows = await waiting(site)
        assert {(row["state"], row["attempts"], row["error_class"]) for row in rows} == {("queued", 0, "quota")}
        assert all(row["long"] for row in rows)
        assert "quota is used up" in await site.error()
        assert site.stub.stats.requests <= 4, "those of the first range, made at once"
    site.stub.settings.faults.clear()
    await site.hurry()
    async with site.worker():  # a new worker asks at once
        await site.synced()


async def test_50_in_three_hours_without_quota_there_is_one_try_in_fifteen_minutes() -> None:
    now = 0.0
    breaker, provider = Breaker(lambda: now), Scripted(ProviderQuotaExhausted())
    while now < 3 * 3600:
        with pytest.raises(ProviderResting):
            await breaker.embed(provider, ["text"])
        now += 10
    assert 3 <= provider.calls <= 12
    provider.failure = None
    now += 4400  # the longest rest, and a fifth more
    assert len((await breaker.embed(provider, ["text"])).vectors) == 1


class Scripted:
    """A provider that follows a script."""

    limits = Limits(100, 100_000, 8192)

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def embed(self, texts: Sequence[str], kind: InputKind) -> Embedded:
        self.calls += 1
        failure = self.failure
        await self.gate.wait()
        if failure:
            raise failure
        return Embedded(np.ones((len(texts), 2), np.float32), len(texts))

    async def close(self) -> None: ...


async def test_a_request_that_waited_for_room_is_not_sent_to_a_resting_provider() -> None:
    breaker, provider = Breaker(lambda: 0.0), Scripted(ProviderBusy("Slow down.", retry_after=60))
    breaker._window.size = 1
    provider.gate.clear()
    asked = [asyncio.create_task(breaker.embed(provider, [text])) for text in "ab"]
    await wait_until(lambda: provider.calls == 1)
    provider.gate.set()
    failures = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(failure, ProviderResting) for failure in failures)
    assert provider.calls == 1


async def test_after_a_rest_a_single_request_is_tried_and_its_success_releases_all() -> None:
    now = 0.0
    breaker, provider = Breaker(lambda: now), Scripted(ProviderUnavailable())
    with pytest.raises(ProviderResting):
        await breaker.embed(provider, ["a"])
    now += 5
    provider.failure = None
    provider.gate.clear()
    trying = asyncio.create_task(breaker.embed(provider, ["b"]))
    await wait_until(lambda: provider.calls == 2)
    with pytest.raises(ProviderResting):
        await breaker.embed(provider, ["c"])
    provider.gate.set()
    await trying
    await asyncio.gather(*(breaker.embed(provider, [text]) for text in "def"))
    assert provider.calls == 5


async def test_concurrent_failures_count_once_and_an_older_success_changes_nothing() -> None:
    now = 0.0
    breaker, provider = Breaker(lambda: now), Scripted()
    provider.gate.clear()
    good = asyncio.create_task(breaker.embed(provider, ["good"]))
    await asyncio.sleep(0)
    provider.failure = ProviderUnavailable()
    bad = [asyncio.create_task(breaker.embed(provider, [text])) for text in "abcd"]
    await asyncio.sleep(0)
    provider.gate.set()
    await asyncio.gather(good, *bad, return_exceptions=True)
    with pytest.raises(ProviderResting) as caught:
        await breaker.embed(provider, ["e"])
    assert caught.value.wait <= 1.2


async def test_a_refused_input_is_not_a_failure_of_the_provider() -> None:
    breaker, provider = Breaker(), Scripted(InputRefused())
    for _ in range(3):
        with pytest.raises(InputRefused):
            await breaker.embed(provider, ["a"])
    assert provider.calls == 3


def test_rests_grow_to_a_limit_and_respect_retry_after() -> None:
    now = 0.0
    back_off = BackOff(lambda: now)
    rests = []
    for _ in range(12):
        rests.append(back_off.failed(ProviderUnavailable()))
        now += rests[-1]
    assert 1 <= rests[0] <= 1.2
    assert rests[-1] >= 60
    assert back_off.failed(ProviderBusy("busy", retry_after=7_000)) >= 600
    assert back_off.rest() <= 720
    now += 1000
    back_off.succeeded()
    assert 7 <= back_off.failed(ProviderBusy("busy", retry_after=7)) <= 8.4


@pytest.mark.parametrize("kind", ["env", "file"])
async def test_51_a_refused_key_stops_its_table_until_a_new_key_is_set(
    site: Site, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"

    def set_key(key: str) -> None:
        path.write_text(key + "\n")
        monkeypatch.setenv("TEST_EMBEDDER_KEY", key)

    set_key("sk-old")
    await site.create_embedder("keyed", key_ref=f"file:{path}" if kind == "file" else "env:TEST_EMBEDDER_KEY")
    await site.set_up(rows=5, embedder="keyed")
    for _ in range(50):
        site.stub.fault(status=401, code="invalid_api_key")
    async with site.worker():
        assert "refuses the key" in await site.error()
        assert {row["error_class"] for row in await waiting(site)} == {"configuration"}
        set_key("sk-new")
        site.stub.settings.faults.clear()
        await site.hurry()  # it would look again within a minute
        await site.synced()
    assert site.stub.stats.authorizations == ["Bearer sk-old", "Bearer sk-new"]


async def test_51_a_missing_key_stops_neither_deletes_nor_metadata(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_EMBEDDER_KEY", "sk-key")
    await site.create_embedder("keyed", key_ref="env:TEST_EMBEDDER_KEY")
    await site.set_up(rows=3, embedder="keyed")
    async with site.worker():
        await site.synced()
    monkeypatch.delenv("TEST_EMBEDDER_KEY")
    await site.do("delete from articles where id = 2")
    await site.do("update articles set body = 'waits', price = 1000 where id = 1")
    before = (await site.marks())["1"]
    async with site.worker():
        assert "TEST_EMBEDDER_KEY" in await site.error()
        marks = await site.marks()
        assert marks["2"].dead
        assert marks["1"].text_hash == before.text_hash
        assert marks["1"].metadata_hash != before.metadata_hash


@pytest.mark.parametrize("spoil", ["size", "nan", "zero"])
async def test_52_54_an_unusable_vector_is_requested_again_and_then_only_its_row_is_set_aside(
    site: Site, spoil: str
) -> None:
    await site.set_up(rows=5)
    site.stub.fault(spoil=spoil, positions=[1, 2])  # two of five
    site.stub.fault()  # the first, alone, is fine now
    site.stub.fault(spoil=spoil)  # the second is not
    if spoil == "size":
        site.stub.fault(spoil=spoil)  # nor when it is asked for with its size
    async with site.worker():
        await site.quiet()
        assert (await site.status())["dead_rows"] == 1
        assert await site.difference() == ["missing 3", "not found by its text 3"]
        assert site.stub.stats.inputs == (8 if spoil == "size" else 7)
        assert "unusable vectors" in str(await site.one("select error from embedd.jobs where state = 'dead'"))
        await site.do("update articles set title = 'another text' where id = 3")
        await site.synced()


async def test_52_another_size_for_all_vectors_is_a_configuration_error(site: Site) -> None:
    await site.set_up(rows=5)
    for _ in range(20):
        site.stub.fault(spoil="all-sizes")
    async with site.worker():
        assert "dimensions" in await site.error()
        assert (await site.status())["dead_rows"] == 0
        assert {row["error_class"] for row in await waiting(site)} == {"configuration"}


@pytest.mark.parametrize("spoil", ["short", "duplicate", "garbage", "shuffled", "no-index", "float"])
async def test_53_a_short_or_shuffled_reply_never_mixes_rows_up(site: Site, spoil: str) -> None:
    await site.set_up(rows=20)
    site.stub.fault(spoil=spoil)
    async with site.worker():
        await site.synced()  # every row is found by its own text
    assert site.stub.stats.requests == (1 if spoil in ("shuffled", "no-index", "float") else 2)


async def test_55_one_poison_row_in_a_thousand_is_set_aside_alone(site: Site) -> None:
    rows = 1000
    await site.set_up(rows=rows)
    await site.do("update articles set body = 'POISON' where id = 613")
    site.stub.settings.refuse_marker = "POISON"
    async with site.worker(batch_size=rows):
        await site.quiet()
        assert (await site.status())["dead_rows"] == 1
        assert (await site.difference())[0] == "missing 613"
        assert len(await site.live()) == rows - 1
        assert 1 < site.stub.stats.requests <= 1 + 2 * math.log2(rows) + 1
        calls = site.stub.stats.requests
        await site.do("update articles set price = 0 where id = 1")
        await site.quiet()
        assert site.stub.stats.requests == calls, "the dead letter costs nothing more"
        await site.do("update articles set body = 'harmless' where id = 613")
        await site.synced()


@both_stores
async def test_51_a_provider_that_refuses_everything_makes_no_dead_letters(site: Site) -> None:
    """Some vendors answer to an unknown model as to a bad text."""
    await site.set_up(rows=300)
    site.stub.settings.refuse_marker = "e"
    async with site.worker(batch_size=100):
        assert "refuses every text" in await site.error()
        assert (await site.status())["dead_rows"] == 0
        assert await site.live() == set()
    site.stub.settings.refuse_marker = ""
    await site.hurry()
    async with site.worker():
        await site.synced()


async def test_55_a_row_fixed_while_it_is_being_refused_is_not_set_aside(site: Site) -> None:
    await site.set_up(rows=1)
    async with site.worker():
        await site.synced()
        site.stub.settings.refuse_marker = "POISON"
        site.stub.settings.latency_ms = 600
        await site.do("update articles set body = 'POISON' where id = 1")
        await wait_until(lambda: site.stub.stats.in_flight)
        await site.do("update articles set body = 'harmless' where id = 1")
        await site.synced()


async def test_70_a_provider_slower_than_the_lease_is_called_once(site: Site) -> None:
    await site.set_up(rows=10)
    site.stub.settings.latency_ms = 3000
    async with site.worker(lease=1), site.worker(lease=1):
        await site.synced()
    assert set(site.texts().values()) == {1}
