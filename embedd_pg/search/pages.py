"""Pages of a search. A cursor holds the keys of the rows that the pages so far have shown, and the next page leaves
these out. So no row is shown twice and none is skipped, whatever was inserted, changed or deleted meanwhile, in every
mode. A position by score could keep neither: scores by words, fused scores and those of a reranker depend on the other
rows, and rows of the same score have no order.

A cursor has no secret: its keys were shown. It belongs to one request, because the rows that another one has shown say
nothing about this one.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from embedd_pg.errors import ValidationError
from embedd_pg.search.plan import request_json
from embedd_pg.search.request import SearchRequest

#: The cursor that asks for the first page.
FIRST = "*"
#: Pages end when they have shown so many rows, or keys of so many bytes. embedd_internal.check_without() accepts as
#: many rows.
ROWS, BYTES = 1000, 500_000


@dataclass(frozen=True, slots=True)
class Page:
    """One of several pages."""

    #: The cursor of the next page, None after the last.
    cursor: str | None


def shown_before(vector_table: str, request: SearchRequest) -> list[str]:
    """Return the keys that earlier pages have shown, none without a cursor. Raise ValidationError for a cursor of
    another request."""
    if request.cursor in (None, FIRST):
        return []
    keys: list[str] = []
    made_for = None
    try:
        content = zlib.decompressobj().decompress(urlsafe_b64decode(request.cursor.encode()), BYTES)
        made_for, *keys = json.loads(content)
    except (ValueError, TypeError, binascii.Error, zlib.error, RecursionError):
        pass
    if made_for != _digest(vector_table, request) or not all(isinstance(key, str) for key in keys):
        raise ValidationError(
            "cursor does not belong to this search.",
            resolution=f"Send it with the request whose answer had it, unchanged, or {FIRST} for the first page.",
        )
    return keys


def page_of(vector_table: str, request: SearchRequest, shown: Sequence[str], found: Sequence[str]) -> Page | None:
    """Return the page with the keys `found`, after those that were `shown`. None unless the request asks for pages."""
    if request.cursor is None:
        return None
    left_out = len(request.without or ()) + len(shown) + len(found)
    content = json.dumps([_digest(vector_table, request), *shown, *found]).encode()
    is_last = len(found) < request.limit or left_out >= ROWS or len(content) > BYTES
    return Page(None if is_last else urlsafe_b64encode(zlib.compress(content)).decode())


def _digest(vector_table: str, request: SearchRequest) -> str:
    """Return what identifies a request, in whatever order the fields of its filters are given."""
    own = request.as_plannable() | {"query_vector": request.query_vector}
    written = json.dumps([vector_table, json.loads(request_json(own))], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()
