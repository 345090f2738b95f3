"""Cursors: what they hold, and which are refused. The search itself is replaced."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from typing import Any, cast

import pytest

from embedd_pg.errors import ValidationError
from embedd_pg.search import pages
from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import Hit

CLIENTS = cast(Any, None)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the rows in their order, which tests may change."""
    there = [str(number) for number in range(1200)]

    async def search(clients: Any, vector_table: str, query: Any, **request: Any) -> Any:
        assert len(request["without"]) <= 1000
        left = [key for key in there if key not in request["without"]][: request.get("limit", 10)]
        return type("Found", (), {"hits": [Hit(key, 1, {}, "") for key in left]})

    monkeypatch.setattr(pages, "search", search)
    return there


async def page(cursor: str, **request: Any) -> tuple[list[str], str | None]:
    found, following = await pages.search_page(CLIENTS, "vt", "lamp", cursor=cursor, **request)
    return [hit.key for hit in found.hits], following


async def test_pages_end_with_the_rows_or_after_a_thousand(rows: list[str]) -> None:
    shown, cursor = await page("*", limit=100)
    while cursor:
        more, cursor = await page(cursor, limit=100)
        shown += more
    assert shown == rows[:1000]
    del rows[25:]
    _, cursor = await page("*")
    assert cursor and (await page(cursor))[0] == rows[10:20]
    rows[10:] = []
    assert await page(cursor) == ([], None)


async def test_keys_beyond_what_a_request_can_carry_end_the_pages(rows: list[str]) -> None:
    rows[:] = [str(number) * 2000 for number in range(100, 200)]
    assert (await page("*", limit=100))[1] is None
    assert (await page("*", limit=50))[1] is not None


async def test_a_cursor_belongs_to_its_request(rows: list[str]) -> None:
    own = {"limit": 3, "filters": {"price": {"gt": 1, "lt": 3}, "word": "a"}, "rerank": Rerank("x")}
    _, cursor = await page("*", **own)
    assert cursor
    same = own | {"filters": {"word": "a", "price": {"lt": 3, "gt": 1}}, "rerank": Rerank("x"), "actor": "me"}
    assert (await page(cursor, **same))[0] == ["3", "4", "5"]
    others: list[dict[str, Any]] = [{"limit": 4}, {"filters": None}, {"rerank": None}, {"like": {"positive": ["1"]}}]
    for change in others:
        with pytest.raises(ValidationError, match="does not belong to this search"):
            await page(cursor, **own | change)
    for table, query in (("vt_2", "lamp"), ("vt", "lamps"), ("vt", None)):
        with pytest.raises(ValidationError, match="does not belong to this search"):
            await pages.search_page(CLIENTS, table, query, cursor=cursor, **own)


def packed(content: Any) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode()


FORGED = [
    "x",
    "**",
    "ü",
    "\ud800",
    packed([]),
    packed("text"),
    packed({"a": 1}),
    packed(["digest", "1"]),
    urlsafe_b64encode(b"no").decode(),
    urlsafe_b64encode(zlib.compress(b"[" * 400_000)).decode(),
    urlsafe_b64encode(zlib.compress(b'["' + b"a" * 50_000_000 + b'"]')).decode(),
]


@pytest.mark.parametrize("cursor", FORGED, ids=range(len(FORGED)))
async def test_what_is_no_cursor_is_refused(rows: list[str], cursor: str) -> None:
    with pytest.raises(ValidationError, match="does not belong to this search") as raised:
        await page(cursor)
    assert raised.value.resolution


async def test_a_cursor_with_keys_that_are_no_text_is_refused(rows: list[str]) -> None:
    digest = pages._digest("vt", {"query": "lamp"})
    assert (await page(packed([digest, "0"])))[0][0] == "1"
    for key in (1, None, ["1"]):
        with pytest.raises(ValidationError, match="does not belong to this search"):
            await page(packed([digest, "0", key]))
