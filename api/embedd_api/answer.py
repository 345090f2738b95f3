"""JSON answers: times are written as in the contract (UTC, whole seconds, Z), and NaN and infinity become null."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response


def json_response(body: Any, status: int = 200) -> Response:
    """Return a JSON response; None gives a response without a body."""
    if body is None:
        return Response(status_code=status)
    return Response(to_json(body), status_code=status, media_type="application/json")


def to_json(body: Any) -> bytes:
    try:
        return orjson.dumps(body, default=_other, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return _to_json_slowly(body)


def _to_json_slowly(body: Any) -> bytes:
    """Write what orjson refuses: integers of more than 64 bits, and lone surrogates, which become question marks."""
    try:
        text = json.dumps(body, default=_other, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(body), default=_other, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _other(value: Any) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _finite(value: Any) -> Any:
    """Replace NaN and infinity by None: JSON has neither."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
