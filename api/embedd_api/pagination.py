"""Pages of lists. An opaque cursor holds the position at which the last page ended. A cursor grants no access: the API
key alone decides what a request may see."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from embedd_pg.database.page import Page, Position
from embedd_pg.errors import ValidationError

DEFAULT_LIMIT, MAX_LIMIT = 20, 100

_ID = re.compile(r"[a-z]{2,8}_[0-9A-Za-z_]{1,64}")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The requested page of a list."""

    limit: int = DEFAULT_LIMIT
    after: Position | None = None


def parse_page(query: QueryParams) -> PageRequest:
    """Read the query parameters `limit` and `cursor`. Raise ValidationError for invalid ones."""
    limit, cursor = query.get("limit"), query.get("cursor")
    if limit is not None and not (re.fullmatch("[0-9]{1,3}", limit) and 1 <= int(limit) <= MAX_LIMIT):
        raise ValidationError(f"limit must be a whole number between 1 and {MAX_LIMIT}.")
    return PageRequest(
        DEFAULT_LIMIT if limit is None else int(limit), None if cursor is None else decode_cursor(cursor)
    )


def listing(page: Page, limit: int, render: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return the body of a list answer; `render` converts each row."""
    return {
        "data": [render(row) for row in page.rows],
        "pagination": {
            "limit": limit,
            "has_more": page.next is not None,
            "next_cursor": encode_cursor(page.next) if page.next else None,
        },
    }


def encode_cursor(position: Position) -> str:
    text = json.dumps({"at": position.created_at.isoformat(), "id": position.id})
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(cursor: str) -> Position:
    try:
        value = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
        at, row = datetime.fromisoformat(value["at"]), value["id"]
        if at.tzinfo is None or not _ID.fullmatch(row):
            raise ValueError(cursor)
        # The conversion to UTC can overflow the calendar.
        return Position(at.astimezone(UTC), row)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, binascii.Error) as error:
        raise ValidationError(
            "cursor is not a cursor of this list.",
            resolution="Use next_cursor of the page before, or leave cursor out to start at the beginning.",
        ) from error
