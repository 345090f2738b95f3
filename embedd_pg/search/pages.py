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
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.errors import ValidationError
from embedd_pg.search.plan import request_json
from embedd_pg.search.search import SearchResult, search

#: The cursor that asks for the first page.
FIRST = "*"
#: Pages end when they have shown so many rows, or keys of so many bytes. embedd_internal.check_without() accepts as
#: many rows.
ROWS, BYTES = 1000, 500_000


async def search_page(
    clients: Clients, vector_table: str, query: str | None, *, cursor: str | None = None, **request: Any
) -> tuple[SearchResult, str | None]:
    """Search as search() does, and return the cursor of the next page; None if this is the last one, or without
    `cursor`. Raise ValidationError for a cursor of another request."""
    if cursor is None:
        return await search(clients, vector_table, query, **request), None
    digest = _digest(vector_table, {"query": query} | request)
    shown = [] if cursor == FIRST else _keys(cursor, digest)
    left_out = [*(request.get("without") or ()), *shown]
    found = await search(clients, vector_table, query, **request | {"without": left_out})
    shown += [hit.key for hit in found.hits]
    is_last = len(found.hits) < request.get("limit", 10) or len(left_out) + len(found.hits) >= ROWS
    return found, None if is_last else _cursor(digest, shown)


def _digest(vector_table: str, request: Mapping[str, Any]) -> str:
    """Return what identifies a request, in whatever order its fields and those of its filters are given."""
    own = {name: value for name, value in request.items() if name not in ("actor", "seen", "together")}
    own["rerank"] = own.get("rerank") and asdict(own["rerank"])
    written = json.dumps([vector_table, json.loads(request_json(own))], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _cursor(digest: str, keys: Sequence[str]) -> str | None:
    content = json.dumps([digest, *keys]).encode()
    return urlsafe_b64encode(zlib.compress(content)).decode() if len(content) <= BYTES else None


def _keys(cursor: str, digest: str) -> list[str]:
    """Return the keys of a cursor. Raise ValidationError if it is not one of the request with this digest."""
    keys: list[str] = []
    made_for = None
    try:
        content = zlib.decompressobj().decompress(urlsafe_b64decode(cursor.encode()), BYTES)
        made_for, *keys = json.loads(content)
    except (ValueError, TypeError, binascii.Error, zlib.error, RecursionError):
        pass
    if made_for != digest or not all(isinstance(key, str) for key in keys):
        raise ValidationError(
            "cursor does not belong to this search.",
            resolution=f"Send it with the request whose answer had it, unchanged, or {FIRST} for the first page.",
        )
    return keys
