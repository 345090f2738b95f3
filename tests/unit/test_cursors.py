"""Cursors: what they hold, and which are refused."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from embedd_pg.errors import ValidationError
from embedd_pg.search.pages import _digest, page_of, shown_before
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.rerank import Rerank


@pytest.fixture
def rows() -> list[str]:
    """The keys of the rows in their order, which tests may change."""
    return [str(number) for number in range(1200)]


def page(rows: list[str], cursor: str, table: str = "vt", **fields: Any) -> tuple[list[str], str | None]:
    """Return the keys of a page, and the cursor of the next one, as a search does."""
    request = SearchRequest(**{"query": "lamp", "cursor": cursor, **fields})
    shown = shown_before(table, request)
    assert len(shown) <= 1000
    found = [key for key in rows if key not in shown][: request.limit]
    following = page_of(table, request, shown, found)
    assert following is not None
    return found, following.cursor


def test_pages_end_with_the_rows_or_after_a_thousand(rows: list[str]) -> None:
    shown, cursor = page(rows, "*", limit=100)
    while cursor:
        more, cursor = page(rows, cursor, limit=100)
        shown += more
    assert shown == rows[:1000]
    del rows[25:]
    _, cursor = page(rows, "*")
    assert cursor and page(rows, cursor)[0] == rows[10:20]
    rows[10:] = []
    assert page(rows, cursor) == ([], None)


def test_keys_beyond_what_a_request_can_carry_end_the_pages(rows: list[str]) -> None:
    rows[:] = [str(number) * 2000 for number in range(100, 200)]
    assert page(rows, "*", limit=100)[1] is None
    assert page(rows, "*", limit=50)[1] is not None


def test_a_cursor_belongs_to_its_request(rows: list[str]) -> None:
    own = {"limit": 3, "filters": {"price": {"gt": 1, "lt": 3}, "word": "a"}, "rerank": Rerank("x")}
    _, cursor = page(rows, "*", **own)
    assert cursor
    same = own | {"filters": {"word": "a", "price": {"lt": 3, "gt": 1}}, "rerank": Rerank("x")}
    assert page(rows, cursor, **same)[0] == ["3", "4", "5"]
    others: list[dict[str, Any]] = [{"limit": 4}, {"filters": None}, {"rerank": None}, {"like": {"positive": ["1"]}}]
    for change in others:
        with pytest.raises(ValidationError, match="does not belong to this search"):
            page(rows, cursor, **own | change)
    for table, query in (("vt_2", "lamp"), ("vt", "lamps"), ("vt", None)):
        with pytest.raises(ValidationError, match="does not belong to this search"):
            page(rows, cursor, table, **own | {"query": query})


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
def test_what_is_no_cursor_is_refused(rows: list[str], cursor: str) -> None:
    with pytest.raises(ValidationError, match="does not belong to this search") as raised:
        page(rows, cursor)
    assert raised.value.resolution


def test_a_cursor_with_keys_that_are_no_text_is_refused(rows: list[str]) -> None:
    digest = _digest("vt", SearchRequest("lamp"))
    assert page(rows, packed([digest, "0"]))[0][0] == "1"
    for key in (1, None, ["1"]):
        with pytest.raises(ValidationError, match="does not belong to this search"):
            page(rows, packed([digest, "0", key]))
